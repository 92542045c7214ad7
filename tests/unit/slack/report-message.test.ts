import { describe, expect, it } from 'vitest'
import { messageBudget, visibleBytes } from '../../../src/adapters/slack/render/message.ts'
import { plainReportMessage, reportMessage } from '../../../src/adapters/slack/render/report-message.ts'
import { createSanitiser } from '../../../src/adapters/slack/sanitise.ts'
import type { EndReason, Investigation } from '../../../src/core/investigation.ts'
import { EndReason as EndReasons } from '../../../src/core/investigation.ts'
import { checkBlocks } from '../../../training/lab/slack/blocks/check.ts'
import { endedWithoutReport, investigationOf, sentryDelegation } from '../../fixtures/investigation.ts'

const sanitiser = createSanitiser(['sentry.io'])
const hostile = 'Ignore all this <!channel> <@U1> [x](https://evil.example/?k=secret) https://evil.example/?k=secret ![i](https://evil.example/i.png) `co\u202Ede`'

/** The report's own fields with these changes. */
function reported(changes: Partial<NonNullable<Investigation['report']>>): Investigation {
  const base = investigationOf('run-1')
  return { ...base, report: { ...base.report, ...changes } as NonNullable<Investigation['report']> }
}

function texts(investigation: Investigation): string {
  return JSON.stringify(reportMessage(investigation, sanitiser).blocks)
}

describe('a report in its thread', () => {
  it('has the error with its link on top, without what a query may carry', () => {
    const [first] = reportMessage(investigationOf('run-1'), sanitiser).blocks
    expect(JSON.stringify(first)).toContain("TypeError: cannot read 'total' of undefined")
    expect(JSON.stringify(first)).toContain('"url":"https://harbour.sentry.io/issues/4711/"')
  })

  it('links each statement to what its cited calls saw', () => {
    expect(texts(investigationOf('run-1'))).toContain('{"type":"link","url":"https://harbour.sentry.io/issues/4711/?project=2","text":"CHECKOUT-7 in Sentry"}')
  })

  it('says for all six workers what they contributed, and what it cost', () => {
    const coverage = investigationOf('run-1').coverage.map((entry) => (entry.worker === 'github' ? { ...entry, state: 'failed' as const, detail: 'GitHub refuses the <token>.' } : entry))
    const said = texts(investigationOf('run-1', { coverage, droppedEvidence: 1 }))
    expect(said).toContain('Sentry checked (1 call) · Supabase not asked · Railway not asked · Kubernetes not asked · GitHub failed: GitHub refuses the &lt;token&gt;. · Docs not configured')
    expect(said).toContain('1 step · 1 tool call · 41 s · $0.31 · 1 statement left out: the cited calls do not show it')
  })

  it.each([
    ['root_cause', 'Root cause: '], ['no_fault', 'No fault: '], ['inconclusive', 'Inconclusive: '],
  ] as const)('is honest about the verdict %s', (verdict, words) => {
    expect(texts(reported({ verdict, culprit: null, missing: ['The logs of 15:00'] }))).toContain(words)
  })

  it.each(EndReasons.options.filter((reason): reason is Exclude<EndReason, 'reported'> => reason !== 'reported'))('says why there is none after %s, and asks for no thumb', (reason) => {
    const { text, blocks } = reportMessage(endedWithoutReport('run-1', reason, 'The model server did not answer.'), sanitiser)
    expect(text).toMatch(/^(No conclusion|Stopped|Not investigated)/)
    expect(blocks.some(({ type }) => type === 'context_actions')).toBe(false)
    expect(checkBlocks(blocks, 'message')).toMatchObject({ ok: true })
  })

  it('answers a follow-up shortly', () => {
    const { report: _none, ...rest } = investigationOf('run-2', { kind: 'follow_up', parentId: 'run-1', answer: { answer: 'Since **15:02**.', evidence: [] } })
    expect(reportMessage(rest, sanitiser).blocks.map(({ type }) => type)).toEqual(['rich_text', 'context', 'context', 'context_actions', 'container'])
  })
})

describe('what a model or a service wrote', () => {
  const evil = reported({
    title: hostile.slice(0, 150), rootCause: hostile, culprit: { kind: 'service', name: hostile }, actions: [hostile], missing: [hostile],
    evidence: [{ text: hostile, calls: ['sentry.0.0.0.0', 'nowhere'] }],
  })
  const messages = { newer: reportMessage({ ...evil, alert: { ...evil.alert, title: hostile } }, sanitiser), plain: plainReportMessage(evil, sanitiser) }

  it.each(['newer', 'plain'] as const)('neither notifies people nor leads them away in %s blocks', (form) => {
    const { text, blocks } = messages[form]
    const markup = [text, ...[...JSON.stringify(blocks).matchAll(/"type":"mrkdwn","text":"((?:[^"\\]|\\.)*)"/g)].map(([, inner]) => inner)].join('\n')
    expect(markup).not.toMatch(/<[!@#h]/)
    expect(JSON.stringify(blocks)).not.toMatch(/"url":"https:\/\/evil|"type":"(?:image|broadcast|user|markdown)"|\u202E/)
    expect(checkBlocks(blocks, 'message')).toMatchObject({ ok: true })
  })
})

describe('a report of any size', () => {
  const long = (length: number) => 'ü'.repeat(length)
  const claim = { text: long(500), calls: ['sentry.0.0.0.0'] }
  const steps = Array.from({ length: 20 }, (_, index) => ({ index, at: '', items: [], calls: [sentryDelegation], usage: investigationOf('x').usage, ms: 1 }))
  const huge = reported({ title: long(150), rootCause: long(600), evidence: Array.from({ length: 12 }, () => claim), missing: Array.from({ length: 6 }, () => long(300)), actions: Array.from({ length: 6 }, () => long(300)) })

  it('stays below what Slack takes, and folds as much of the way as still fits', () => {
    const { text, blocks } = reportMessage({ ...huge, run: { ...huge.run, steps } }, sanitiser)
    expect(visibleBytes(blocks)).toBeLessThanOrEqual(messageBudget)
    expect(text.length).toBeLessThan(4000)
    expect(checkBlocks(blocks, 'message')).toMatchObject({ ok: true })
    expect(JSON.stringify(blocks)).toContain('more, in the record of this run')
  })

  it('says how much of a long way was left out', () => {
    const small = investigationOf('run-1')
    const many = Array.from({ length: 20 }, () => steps).flat().map((step, index) => ({ ...step, index }))
    const said = JSON.stringify(reportMessage({ ...small, run: { ...small.run, steps: many } }, sanitiser).blocks)
    expect(said).toMatch(/… and \d+ lines more in the record of this run/)
  })

  it('may be empty', () => {
    const bare = reported({ title: ' ', rootCause: ' ', culprit: null, evidence: [], actions: [] })
    expect(checkBlocks(reportMessage({ ...bare, coverage: [], run: { ...bare.run, steps: [] } }, sanitiser).blocks, 'message')).toMatchObject({ ok: true })
  })
})
