import { z } from 'zod'
import type { Alert, SentryReference } from '../core/alert.ts'
import type { Clock } from '../core/time.ts'
import { markupLinks, markupText } from './mrkdwn-text.ts'
import { onSentry, readSentryLink } from './sentry-links.ts'
import type { SentryLink } from './sentry-links.ts'

export type RecognisedPost =
  | { outcome: 'alert'; alert: Alert; claims: string[] }
  | { outcome: 'ignored'; reason: string }

export interface PostContext {
  /** App or bot ids that count as Sentry; when empty, a bot that is named Sentry does. */
  readonly sentryAppIds: readonly string[]
  /** Hosts of a self-hosted Sentry; Sentry's cloud always counts. */
  readonly sentryHosts: readonly string[]
  /** The organisation this bot may look into; posts about another are none of its business. */
  readonly organization: string | undefined
  readonly team: string
  /** Of the delivery; absent where the message came another way (a shortcut). */
  readonly eventId: string | undefined
  readonly clock: Clock
  readonly newId: () => string
}

const Block = z.looseObject({
  block_id: z.string().optional().catch(undefined),
  text: z.looseObject({ text: z.string() }).optional().catch(undefined),
  elements: z.array(z.unknown()).optional().catch(undefined),
})
const Blocks = z.array(Block).catch([])
const Attachment = z.looseObject({
  title: z.string().optional().catch(undefined),
  title_link: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  color: z.string().optional().catch(undefined),
  blocks: Blocks.optional(),
})
const Post = z.looseObject({
  ts: z.string(),
  channel: z.string(),
  subtype: z.string().optional(),
  thread_ts: z.string().optional(),
  text: z.string().catch(''),
  app_id: z.string().optional().catch(undefined),
  bot_id: z.string().optional().catch(undefined),
  bot_profile: z.looseObject({ name: z.string().optional(), app_id: z.string().optional() }).optional().catch(undefined),
  blocks: Blocks.optional(),
  attachments: z.array(Attachment).optional().catch(undefined),
})
type Post = z.infer<typeof Post>

const ContextText = z.looseObject({ type: z.literal('mrkdwn'), text: z.string() })
const BlockId = z.looseObject({ issue: z.union([z.string().regex(/^\d+$/), z.number().int()]).transform(String), rule: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined) })

const levels: readonly (readonly [RegExp, string])[] = [[/:red_circle:|🔴/u, 'error'], [/:large_yellow_circle:|🟡/u, 'warning'], [/:large_blue_circle:|🔵/u, 'info']]
const handled = /^\s*(?::white_circle:|⚪)/u
/** The colour of a resolved metric alert. */
const resolvedColor = '#4dc771'

/**
 * Reads a Slack message as an alert of Sentry's Slack integration (message shapes: getsentry/sentry
 * `integrations/slack/message_builder`). What starts nothing is ignored with the reason, malformed messages too.
 */
export function recogniseSentryPost(message: unknown, context: PostContext): RecognisedPost {
  const parsed = Post.safeParse(message)
  if (!parsed.success) return ignored('not a message with a channel and a timestamp')
  const post = parsed.data
  if (!fromSentry(post, context.sentryAppIds)) return ignored('not posted by Sentry')
  if (post.subtype !== undefined && !['thread_broadcast', 'bot_message'].includes(post.subtype)) return ignored(`a ${post.subtype} is no new alert`)
  if (post.thread_ts !== undefined && post.thread_ts !== post.ts && post.subtype !== 'thread_broadcast') return ignored('a reply in an alert\'s thread')
  return readPost(post, context)
}

function readPost(post: Post, context: PostContext): RecognisedPost {
  const texts = textsOf(post)
  const links = [...texts.flatMap(markupLinks), ...attachmentLinks(post)].map(readSentryLink)
  const own = links.filter((link) => onSentry(link.url, context.sentryHosts))
  const named = issueInBlockIds(post)
  const issueLink = own.find((link) => link.issueId !== undefined)
  const metricLink = own.find((link) => link.metricRuleId !== undefined)
  const foreign = links.some((link) => link.issueId ?? link.metricRuleId)
  const lead = issueLink ?? metricLink ?? (named && !foreign ? { url: '', label: '' } : undefined)
  if (!lead) return ignored(foreign ? 'its link leads to a Sentry that is not configured' : 'it names no issue and no metric alert')
  const headline = texts.find((text) => markupLinks(text).some(({ url }) => url === lead.url)) ?? ''
  if (context.organization !== undefined && lead.organization !== undefined && lead.organization !== context.organization) return ignored(`it is about the organisation ${lead.organization}`)
  if (handled.test(headline)) return ignored('somebody already resolved or archived the issue')
  const kind = lead === metricLink ? 'metric' : 'issue'
  if (kind === 'metric' && isResolved(post)) return ignored('a resolved metric alert')
  return alertOf(post, context, { texts, headline, lead, kind, named })
}

interface Parts {
  readonly texts: readonly string[]
  /** The text that holds the link: its emoji is the level. */
  readonly headline: string
  readonly lead: SentryLink
  readonly kind: 'issue' | 'metric'
  readonly named: z.output<typeof BlockId> | undefined
}

function alertOf(post: Post, context: PostContext, parts: Parts): RecognisedPost {
  const { lead, kind, texts } = parts
  const bare = markupText(post.text).replace(/^\[[\w-]+\]\s*/, '')
  const alert: Alert = {
    id: context.newId(),
    source: 'slack_alert',
    kind,
    receivedAt: context.clock.now().toISOString(),
    title: titleOf(lead.label || bare || 'Sentry alert', texts).slice(0, 300),
    text: texts.map(markupText).join('\n').slice(0, 8000),
    sentry: referenceOf(post, parts),
    place: { team: context.team, channel: post.channel, threadTs: post.thread_ts ?? post.ts },
  }
  const delivery = context.eventId === undefined ? [] : [`slack-event:${context.eventId}`]
  return { outcome: 'alert', alert, claims: [...delivery, `slack-message:${post.channel}:${post.ts}`] }
}

/** The error itself: Sentry links its type and prints its message below, so the two belong together unless one says it all. */
function titleOf(label: string, texts: readonly string[]): string {
  const printed = texts.find((text) => text.startsWith('```'))
  const message = markupText(printed?.replaceAll('```', '') ?? '').split('\n')[0]?.trim() ?? ''
  if (message === '' || label.includes(message)) return label
  return message.startsWith(label) ? message : `${label}: ${message}`
}

function referenceOf(post: Post, { texts, headline, lead, kind, named }: Parts): SentryReference {
  const all = texts.join('\n')
  const reference = {
    issueId: kind === 'issue' ? (named?.issue ?? lead.issueId) : undefined,
    ruleId: kind === 'metric' ? lead.metricRuleId : (named?.rule ?? lead.ruleId),
    eventId: lead.eventId,
    organization: lead.organization,
    url: lead.url === '' ? undefined : lead.url,
    shortId: /Short ID:\s*([A-Z0-9_-]+-[A-Z0-9]+)/.exec(all)?.[1],
    projectSlug: /^\[([\w-]+)\]/.exec(post.text)?.[1],
    level: levels.find(([emoji]) => emoji.test(headline))?.[1],
    environment: tag(all, 'environment'),
    release: tag(all, 'release'),
  }
  return Object.fromEntries(Object.entries(reference).filter(([, value]) => value !== undefined))
}

/** A tag as Sentry prints it: the name, a colon, the value in backticks (a release may be a link). */
function tag(text: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}: \`([^\`]{1,200})\``).exec(text)?.[1]
  return value === undefined ? undefined : markupText(value)
}

function fromSentry(post: Post, ids: readonly string[]): boolean {
  const given = [post.app_id, post.bot_id, post.bot_profile?.app_id].filter((id) => id !== undefined)
  if (ids.length > 0) return given.some((id) => ids.includes(id))
  return given.length > 0 && post.bot_profile?.name?.toLowerCase() === 'sentry'
}

/** Every mrkdwn text of the post, its attachments' included; the message's own text last, for it only repeats. */
function textsOf(post: Post): string[] {
  const attachments = post.attachments ?? []
  return [...blockTexts(post.blocks ?? []), ...attachments.flatMap(({ text, blocks }) => [...(text === undefined ? [] : [text]), ...blockTexts(blocks ?? [])]), post.text].filter((text) => text.trim() !== '')
}

function blockTexts(blocks: z.infer<typeof Blocks>): string[] {
  return blocks.flatMap(({ text, elements }) => {
    const context = (elements ?? []).flatMap((element) => ContextText.safeParse(element).data?.text ?? [])
    return [...(text ? [text.text] : []), ...context]
  })
}

/** Older Sentry posts put title and link beside each other in an attachment. */
function attachmentLinks({ attachments }: Post): { url: string; label: string }[] {
  return (attachments ?? []).flatMap(({ title, title_link: url }) => (url === undefined ? [] : [{ url, label: markupText(title ?? '') }]))
}

/** The first block id that holds the issue; two generations of Sentry put it there as JSON, in different blocks. */
function issueInBlockIds({ blocks }: Post): z.output<typeof BlockId> | undefined {
  for (const { block_id: id } of blocks ?? []) {
    const parsed = BlockId.safeParse(parseJson(id ?? ''))
    if (parsed.success) return parsed.data
  }
  return undefined
}

function isResolved(post: Post): boolean {
  return /\*?Resolved:/.test(post.text) || (post.attachments ?? []).some(({ color }) => color?.toLowerCase() === resolvedColor)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function ignored(reason: string): RecognisedPost {
  return { outcome: 'ignored', reason }
}
