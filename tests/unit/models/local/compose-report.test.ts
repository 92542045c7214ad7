import { describe, expect, it } from 'vitest'
import { causeText, culpritOf, draw, mostCharacters } from '../../../../src/adapters/models/local/compose-report.ts'
import type { Conclusion, ReportHeads } from '../../../../src/adapters/models/local/compose-report.ts'
import { createChooser } from '../../../../src/adapters/models/local/head.ts'
import type { Decision, Weights } from '../../../../src/adapters/models/local/head.ts'
import { readPrompts } from '../../../../src/adapters/prompts/read-prompts.ts'
import type { Entity } from '../../../../src/core/entity.ts'
import type { Signal } from '../../../../src/core/signal.ts'
import { entity, remember, signal } from '../../../fixtures/local-memory.ts'

const prior = readPrompts('prompts').localWeights('prior') ?? {}
const heads: ReportHeads = { cause: 'orchestrator.cause', verdict: 'orchestrator.verdict', change: 'orchestrator.change', thing: 'orchestrator.thing', endings: ['change', 'thing', 'no_fault', 'undecided'] }
const issue = entity('issue', '4711')
const table = entity('table', 'orders')
const commit = entity('commit', 'a'.repeat(40))
const job = entity('cronjob', 'nightly-sweep')

function conclude(signals: readonly Signal[], weights: Weights = prior, asked: Entity[] = [issue], question?: string): Conclusion & { readonly decisions: readonly Decision[] } {
  const decisions: Decision[] = []
  const choose = createChooser({ weights, agent: 'orchestrator', temperature: 0, random: () => 0, onDecision: (decision) => decisions.push(decision) })
  return { ...draw(remember(signals, asked, question), heads, choose, 9), decisions }
}

const failing = signal('error', 'column total of orders is missing, 40 events', [issue, table], 30)
const dropping = signal('change', 'drops the column total of orders', [commit, table, entity('file', 'db/migrations/7.sql')], 35)
const sweeping = signal('state', 'nightly-sweep deletes rows of orders without an end', [job, table], 31)
const place = signal('healthy', 'production runs', [entity('environment', 'production')])

describe('a report', () => {
  it('is drawn among changes and among everything else apart, and blames no place and no trace of the trouble', () => {
    const [first] = conclude([failing, dropping, sweeping, place]).decisions
    expect(first?.options?.map((option) => (option.part === 'verdict' ? [option.verdict, [...option.among].toSorted()] : option))).toEqual([
      ['root_cause', [commit.value]], ['root_cause', [job.value, table.value]], ['no_fault', []], ['inconclusive', []],
    ])
  })

  it('can blame nobody of a group that nobody is in', () => {
    const [first] = conclude([failing, sweeping]).decisions
    expect(first?.candidates.map((features) => ['change', 'thing', 'no_fault', 'undecided'].find((ending) => features[ending] === 1))).toEqual(['thing', 'no_fault', 'undecided'])
  })

  it('blames the change that touches what fails rather than a newer one that does not', () => {
    const newer = signal('change', 'a new colour for the page', [entity('commit', 'b'.repeat(40)), entity('file', 'app/page.css')], 32)
    expect(culpritOf(conclude([failing, newer, dropping]))?.entity).toEqual(commit)
  })

  it('blames the thing that is broken where no change has to do with it', () => {
    const colour = signal('change', 'a new colour for the page', [entity('commit', 'b'.repeat(40)), entity('file', 'docs/page.md')], 3000)
    expect(culpritOf(conclude([failing, sweeping, colour]))?.entity).toEqual(job)
  })

  it('finds no fault where nothing is broken', () => {
    const result = conclude([signal('healthy', 'orders answers in 3 ms', [table]), signal('knowledge', 'a load test of orders is planned for today', [table])], prior, [table], 'Is orders slow?')
    expect(result.blame).toBe('no_fault')
    expect(culpritOf(result)).toBeUndefined()
  })

  it('says each thing once, and stays within its room', () => {
    const many = Array.from({ length: 20 }, (_, index) => signal('error', `orders fails in place ${index}: ${'because of rows '.repeat(8)}`, [table], 30))
    const { cause } = conclude([...many, dropping], { 'orchestrator.cause': { signal: 1 } })
    expect(new Set(cause).size).toBe(cause.length)
    expect(cause.length).toBeGreaterThan(2)
    expect(causeText(cause).length).toBeLessThanOrEqual(mostCharacters)
  })
})
