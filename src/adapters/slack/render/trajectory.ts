import type { ContainerBlock } from '@slack/types'
import type { AgentRun, Call } from '../../../core/investigation.ts'
import type { Sanitiser } from '../sanitise.ts'
import { counted, delegatedWorker, duration, questionOf, serviceNames } from './names.ts'
import { richText, words } from './rich-text.ts'

const lineLength = 140

/** The whole way of a run, folded; as many lines as `bytes` hold, undefined when not even the first does. */
export function foldedTrajectory(run: AgentRun, bytes: number, sanitiser: Sanitiser): ContainerBlock | undefined {
  const all = run.steps.flatMap((step) => step.calls.flatMap((call) => callLines(call, `${step.index + 1}.`))).map((line) => sanitiser.plain(line.replaceAll(/\s+/g, ' ').trimEnd(), lineLength))
  const lines = fitting(all, bytes - 120)
  if (lines.length === 0) return undefined
  const left = all.length - lines.length
  const text = [...lines, ...(left > 0 ? [`… and ${counted(left, 'line')} more in the record of this run`] : [])].join('\n')
  return {
    type: 'container',
    title: { type: 'plain_text', text: `Trajectory: ${counted(run.steps.length, 'step')}` },
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: [richText({ type: 'rich_text_preformatted', elements: words(text) as { type: 'text'; text: string }[] })],
  }
}

function fitting(lines: readonly string[], bytes: number): string[] {
  let left = bytes
  const end = lines.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1
    return left < 0
  })
  return end === -1 ? [...lines] : lines.slice(0, end)
}

/** A delegation with its question, its calls and its answer; any other call on one line. */
function callLines(call: Call, number: string): string[] {
  const worker = delegatedWorker(call.tool)
  if (!worker) return [`${number} ${outcome(call)}`]
  const inner = call.run?.steps.flatMap((step) => step.calls) ?? []
  const answer = call.finding ? `${call.finding.verdict.replace('_', ' ')}: ${call.finding.answer}` : `failed: ${call.failure?.message ?? 'no finding'}`
  return [`${number} ${serviceNames[worker]} ← ${questionOf(call.args)}`, ...inner.map((toolCall) => `· ${outcome(toolCall)}`), `→ ${answer}`]
}

function outcome({ tool, args, ms, failure, result }: Call): string {
  const given = typeof args === 'object' && args !== null ? Object.values(args).filter((value) => typeof value !== 'object').join(' ') : ''
  const end = failure ? `✗ ${failure.kind}` : result?.truncated === true ? '✓ (truncated)' : '✓'
  return `${end} ${tool} ${given.slice(0, 60)} ${duration(ms)}`
}
