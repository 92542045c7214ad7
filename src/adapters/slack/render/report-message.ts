import type { HeaderBlock, KnownBlock } from '@slack/types'
import { allCalls } from '../../../core/investigation.ts'
import type { Investigation } from '../../../core/investigation.ts'
import type { Coverage } from '../../../core/report.ts'
import type { Sanitiser } from '../sanitise.ts'
import { endingOf } from './endings.ts'
import { evidenceList } from './evidence.ts'
import type { EvidenceSize } from './evidence.ts'
import { plainFeedback, taskSetButton, thumbs } from './feedback-blocks.ts'
import { messageBudget, section, smallPrint, visibleBytes } from './message.ts'
import type { Message } from './message.ts'
import { counted, delegatedWorker, duration, serviceNames } from './names.ts'
import { linked, listed, paragraph, prose, richText, words } from './rich-text.ts'
import type { Run } from './rich-text.ts'
import { foldedTrajectory } from './trajectory.ts'

/** From generous to tight: the first that fits the message is taken. */
const sizes: readonly EvidenceSize[] = [
  { statements: 12, characters: 500 }, { statements: 8, characters: 300 }, { statements: 6, characters: 200 }, { statements: 4, characters: 140 },
]

/**
 * The end of a run as its thread sees it: the error itself, verdict, cause, culprit, evidence with links, coverage,
 * actions, cost, feedback, and the trajectory folded beneath. At most `messageBudget` bytes of text.
 */
export function reportMessage(investigation: Investigation, sanitiser: Sanitiser): Message {
  const foot = [...accounts(investigation, sanitiser), ...feedback(investigation)]
  for (const [index, size] of sizes.entries()) {
    const blocks = [...body(investigation, size, sanitiser), ...foot]
    const left = messageBudget - visibleBytes(blocks)
    if (left < 0 && index < sizes.length - 1) continue
    const folded = foldedTrajectory(investigation.run, left, sanitiser)
    return { text: notification(investigation, sanitiser), blocks: [...blocks, ...(folded ? [folded] : [])] }
  }
  throw new RangeError('unreachable: the last size is always taken')
}

/** The same in blocks every client knows; for when Slack refuses the others. */
export function plainReportMessage(investigation: Investigation, sanitiser: Sanitiser): Message {
  const { report, answer, id } = investigation
  const { title, detail } = endingOf(investigation)
  const paragraphs = [
    `*${sanitiser.escaped(title, 200)}*`,
    detail ?? report?.rootCause ?? answer?.answer ?? '',
    ...(report?.culprit ? [`Culprit: ${report.culprit.name} (${report.culprit.kind.replaceAll('_', ' ')})`] : []),
    ...(report ?? answer)?.evidence.slice(0, 5).map((claim) => `• ${claim.text.slice(0, 200)}`) ?? [],
    ...(report?.actions ?? []).map((action, index) => `${index + 1}. ${action.slice(0, 200)}`),
  ]
  const [headline = '', ...rest] = paragraphs.filter((text) => text !== '')
  const blocks = [section(headline), ...rest.map((text) => section(sanitiser.escaped(text, 2500)))]
  return { text: notification(investigation, sanitiser), blocks: [...blocks, ...accounts(investigation, sanitiser), ...(report ? [plainFeedback(id)] : [])] }
}

function notification(investigation: Investigation, sanitiser: Sanitiser): string {
  const { title, detail } = endingOf(investigation)
  const cause = investigation.report?.rootCause ?? investigation.answer?.answer ?? detail ?? ''
  return `${sanitiser.escaped(title, 200)}\n${sanitiser.escaped(cause, 1500)}`.trim()
}

function body(investigation: Investigation, size: EvidenceSize, sanitiser: Sanitiser): KnownBlock[] {
  const { report, answer, run } = investigation
  const { title, detail } = endingOf(investigation)
  if (answer) return [richText(paragraph(...prose(answer.answer, 2400, sanitiser))), ...optional(evidenceList(answer.evidence, run, size, sanitiser))]
  const head = [subject(investigation, sanitiser), header(sanitiser.plain(title.replaceAll('\n', ' '), 150))]
  if (!report) return [...head, richText(paragraph(...prose(detail ?? 'It ended without a report.', 800, sanitiser)))]
  const culprit = report.culprit && richText(paragraph(...words('Culprit: ', { bold: true }), ...words(sanitiser.plain(report.culprit.name, 200), { code: true }), ...words(` (${report.culprit.kind.replaceAll('_', ' ')})`)))
  return [
    ...head,
    richText(paragraph(...prose(report.rootCause, 600, sanitiser))),
    ...optional(culprit ?? undefined),
    ...optional(evidenceList(report.evidence, run, size, sanitiser)),
    ...proseList('What is missing to decide', 'bullet', report.missing, size, sanitiser),
    ...proseList('What to do', 'ordered', report.actions, size, sanitiser),
  ]
}

/** What this is about, on top: the error as Sentry says it, with its link; or the question. */
function subject({ alert }: Investigation, sanitiser: Sanitiser): KnownBlock {
  const url = alert.sentry?.url === undefined ? undefined : sanitiser.link(alert.sentry.url, 'drop')
  const title = sanitiser.plain(alert.title.replaceAll('\n', ' '), 250)
  if (alert.kind === 'question') return richText({ type: 'rich_text_quote', elements: words(title) })
  const about = [alert.sentry?.shortId, alert.sentry?.projectSlug, alert.sentry?.environment, alert.sentry?.release].filter((part) => part !== undefined)
  const details: Run[] = about.length === 0 ? [] : words(`\n${sanitiser.plain(about.join(' · '), 250)}`)
  const name: Run[] = url === undefined ? words(title, { bold: true }) : linked(title, url)
  return richText(paragraph(...name, ...details))
}

function proseList(heading: string, style: 'bullet' | 'ordered', items: readonly string[], size: EvidenceSize, sanitiser: Sanitiser): KnownBlock[] {
  if (items.length === 0) return []
  return [listed(heading, style, items.map((item) => prose(item, Math.min(300, size.characters), sanitiser)))]
}

/** Coverage and cost: two lines of small print. */
function accounts({ kind, coverage, run, usage, ms, droppedEvidence }: Investigation, sanitiser: Sanitiser): KnownBlock[] {
  const calls = allCalls(run).filter((call) => !delegatedWorker(call.tool)).length
  const spent = [counted(run.steps.length, 'step'), counted(calls, 'tool call'), duration(ms), `$${usage.usd.toFixed(2)}`]
  const dropped = droppedEvidence === 0 ? [] : [`${counted(droppedEvidence, 'statement')} left out: the cited calls do not show ${droppedEvidence === 1 ? 'it' : 'them'}`]
  const line = smallPrint([...spent, ...dropped].join(' · '))
  const asked = kind === 'follow_up' ? coverage.filter(({ state }) => state !== 'not_asked' && state !== 'not_configured') : coverage
  return asked.length === 0 ? [line] : [smallPrint(`*Coverage* ${asked.map((entry) => covered(entry, sanitiser)).join(' · ')}`), line]
}

function covered({ worker, state, detail, calls }: Coverage, sanitiser: Sanitiser): string {
  const made = calls === 0 ? '' : ` (${counted(calls, 'call')})`
  const said = {
    checked: `checked${made}`, empty: `checked, nothing unusual${made}`, failed: `failed: ${sanitiser.escaped(detail.replaceAll('\n', ' '), 120)}`,
    not_asked: 'not asked', not_configured: 'not configured',
  }[state]
  return `${serviceNames[worker]} ${said}`
}

function feedback({ id, kind, report, answer }: Investigation): KnownBlock[] {
  if (!report && !answer) return []
  return kind === 'follow_up' ? [thumbs(id)] : [thumbs(id), taskSetButton(id)]
}

function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text } }
}

function optional<Block>(block: Block | undefined): Block[] {
  return block === undefined ? [] : [block]
}
