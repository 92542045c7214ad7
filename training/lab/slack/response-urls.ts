import { Hono } from 'hono'
import { z } from 'zod'
import { authorFields, identified, type Posting } from './posting.ts'
import type { InstalledApp, SlackChannel, SlackMessage } from './records.ts'
import { findMessage, type WorkspaceState } from './state.ts'
import { checkContent, contentArguments } from './web-api/message-content.ts'

/** What a response URL was given for. */
export interface Occasion {
  readonly app: InstalledApp
  readonly channel: SlackChannel
  readonly user: string
  /** The message whose element was used: what replace_original and delete_original act on. */
  readonly messageTs?: string
  readonly threadTs?: string
}

export interface ResponseUrls {
  /** A URL that takes five answers within half an hour. */
  issue(occasion: Occasion): string
  /** Writes an answer to a command or action where it belongs: to the person alone, unless `in_channel`. Gives Slack's error code or undefined. */
  answer(occasion: Occasion, body: unknown): string | undefined
  /** Serves the URLs. */
  readonly app: Hono
}

const lifeMs = 30 * 60_000
const maxUses = 5

const Response = z.looseObject({
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: z.boolean().default(false),
  delete_original: z.boolean().default(false),
  thread_ts: z.string().optional(),
  ...contentArguments,
})

/** The response URLs of interactions and commands. `baseUrl` is where the workspace is served. */
export function createResponseUrls(state: WorkspaceState, posting: Posting, baseUrl: () => string): ResponseUrls {
  const issued = new Map<string, { occasion: Occasion; until: number; uses: number }>()

  const original = (occasion: Occasion): SlackMessage | undefined => {
    if (occasion.messageTs === undefined) return undefined
    const message = findMessage(state, occasion.channel.id, occasion.messageTs)
    return message?.app_id === occasion.app.id ? message : undefined
  }

  const answer = (occasion: Occasion, body: unknown): string | undefined => {
    const parsed = Response.safeParse(typeof body === 'string' ? { text: body } : body)
    if (!parsed.success) return 'invalid_payload'
    const message = original(occasion)
    if (parsed.data.delete_original && message) {
      posting.remove(occasion.channel, message)
      return undefined
    }
    const checked = checkContent(parsed.data)
    if (!checked.ok) return checked.error
    if (parsed.data.replace_original && message) {
      const { blocks, ...rest } = checked.content
      posting.change(occasion.channel, message, { ...rest, blocks: identified(state, blocks ?? []) })
      return undefined
    }
    const threadTs = parsed.data.thread_ts ?? occasion.threadTs
    const draft = {
      ...checked.content,
      text: checked.content.text ?? '',
      author: authorFields(state, occasion.app),
      ...(threadTs === undefined ? {} : { threadTs }),
    }
    if (parsed.data.response_type === 'in_channel') posting.post(occasion.channel, draft)
    else posting.whisper(occasion.channel, occasion.user, draft)
    return undefined
  }

  const app = new Hono()
  app.post('/response/:id', async (context) => {
    const entry = issued.get(context.req.param('id'))
    if (!entry || entry.until < performance.now()) return context.json({ ok: false, error: 'expired_url' }, 404)
    if (entry.uses >= maxUses) return context.json({ ok: false, error: 'used_url' }, 404)
    entry.uses += 1
    const body: unknown = await context.req.json().catch(() => undefined)
    const error = answer(entry.occasion, body)
    return error === undefined ? context.json({ ok: true }) : context.json({ ok: false, error }, 400)
  })

  return {
    issue: (occasion) => {
      const id = crypto.randomUUID()
      issued.set(id, { occasion, until: performance.now() + lifeMs, uses: 0 })
      return `${baseUrl()}/response/${id}`
    },
    answer,
    app,
  }
}
