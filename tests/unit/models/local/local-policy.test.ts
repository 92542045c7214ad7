import { describe, expect, it } from 'vitest'
import { createLocalPolicy } from '../../../../src/adapters/models/local/local-policy.ts'
import { FindingDraft } from '../../../../src/core/finding.ts'
import type { Item, PolicySettings } from '../../../../src/core/policy.ts'
import type { Signal } from '../../../../src/core/signal.ts'
import type { ToolSpec } from '../../../../src/core/tool.ts'
import { readPrompts } from '../../../../src/adapters/prompts/read-prompts.ts'

const weights = readPrompts('prompts').localWeights('prior') ?? {}
const policy = createLocalPolicy({ name: 'local:prior', weights })
const tool = (name: string, properties: Record<string, unknown> = {}, required: string[] = []): ToolSpec => ({
  name, title: name, description: `Use when ${name}.`, parameters: { type: 'object', properties, required },
})
const reportTool = tool('report', { verdict: {} })
const settings = (stepsLeft = 10): PolicySettings => ({ agent: 'sentry', runId: 'sentry.0.0', step: 0, now: new Date('2026-03-01T12:00:00Z'), stepsLeft, training: false, signal: new AbortController().signal })
const opening = (text = 'What errors are there?'): Item[] => [
  { type: 'message', role: 'developer', content: 'Work.' },
  { type: 'message', role: 'user', content: text, entities: [{ kind: 'issue', value: '4711' }] },
]
const error: Signal = { kind: 'error', severity: 3, at: '2026-03-01T11:00:00Z', text: 'TypeError in checkout, 40 events', count: 40, entities: [{ kind: 'issue', value: '4711' }, { kind: 'commit', value: 'a'.repeat(40) }] }
const seen = (signals: Signal[]): Item[] => [
  { type: 'function_call', call_id: 'c1', name: 'sentry_get_issue', arguments: '{"issue":"4711"}' },
  { type: 'function_call_output', call_id: 'c1', id: 'sentry.0.0.0.0', output: '', result: { structured: {}, text: '', entities: [], signals, links: [], truncated: false } },
]

describe('the local policy', () => {
  it('fills an argument from the entities it has seen', async () => {
    const { items } = await policy.next(opening(), [tool('sentry_get_issue', { issue: { type: 'string', 'x-entity': 'issue' } }, ['issue']), reportTool], settings())
    expect(items[0]).toMatchObject({ type: 'function_call', name: 'sentry_get_issue', arguments: '{"issue":"4711"}' })
  })

  it('leaves alone a tool whose argument it cannot know', async () => {
    const { items } = await policy.next(opening(), [tool('supabase_run_select', { sql: { type: 'string' } }, ['sql']), reportTool], settings())
    expect(items.map((item) => (item.type === 'function_call' ? item.name : item.type))).toEqual(['report'])
  })

  it('reports on its last step, citing the calls that showed what it claims', async () => {
    const { items } = await policy.next([...opening(), ...seen([error])], [tool('sentry_list_projects'), reportTool], settings(1))
    const [call] = items
    const finding = FindingDraft.parse(JSON.parse(call?.type === 'function_call' ? call.arguments : ''))
    expect(finding.verdict).toBe('found')
    expect(finding.claims).toContainEqual({ text: error.text, calls: ['sentry.0.0.0.0'] })
  })

  it('says nothing found when the calls showed nothing', async () => {
    const { items } = await policy.next([...opening(), ...seen([])], [reportTool], settings(1))
    const [call] = items
    const finding = FindingDraft.parse(JSON.parse(call?.type === 'function_call' ? call.arguments : ''))
    expect(finding).toMatchObject({ verdict: 'nothing_found', culprit: null, claims: [] })
  })

  it('answers the same items in the same way', async () => {
    const tools = [tool('sentry_search_issues'), tool('sentry_list_releases'), reportTool]
    const untrained = createLocalPolicy({ name: 'local:untrained', weights: {}, temperature: 1 })
    const first = await untrained.next(opening(), tools, { ...settings(), seed: 4 })
    expect(await untrained.next(opening(), tools, { ...settings(), seed: 4 })).toEqual(first)
  })

  it('has no feature that names a task, a family or a company', () => {
    const names = Object.values(weights).flatMap((head) => Object.keys(head))
    expect(names.length).toBeGreaterThan(50)
    for (const name of names) expect(name).toMatch(/^[a-z]+([:_][a-z]+)*$/)
    expect(names.filter((name) => /toolu|print_hello|uuid|expired/.test(name))).toEqual([])
  })
})
