import { describe, expect, it } from 'vitest'
import type { Decision, ReportPart } from '../../../../src/adapters/models/local/head.ts'
import type { Answer } from '../../../../src/core/task.ts'
import { createOptionJudge } from '../../../../training/policy/option-worth.ts'

const answer: Answer = {
  verdict: 'root_cause',
  culprit: { kind: 'commit', name: 'abc1234', accepts: [{ type: 'id', value: 'abc1234' }], within: [] },
  required: [{ id: 'limit', meaning: 'the limit', accepts: [{ type: 'number', value: 90 }], inAlert: false }],
  forbidden: [{ id: 'twin', meaning: 'the other commit', accepts: [{ type: 'id', value: 'fff9999' }], inAlert: false }],
}
const verdicts: ReportPart[] = [{ part: 'verdict', verdict: 'root_cause', among: ['fff9999', 'abc1234'] }, { part: 'verdict', verdict: 'no_fault', among: [] }]
const culprits: ReportPart[] = [{ part: 'culprit', text: 'fff9999' }, { part: 'culprit', text: 'abc1234' }]
const statements: ReportPart[] = [{ part: 'statement', text: 'the limit became 90 a minute' }, { part: 'statement', text: 'fff9999 went live' }, { part: 'statement', text: 'all is well' }, { part: 'stop' }]
const decision = (options: readonly ReportPart[], chosen: number): Decision => ({ head: 'orchestrator.any', candidates: options.map(() => ({})), chosen, options })

describe('the worth of a report\'s options', () => {
  it('is one for the right verdict and the right culprit', () => {
    expect(createOptionJudge(answer).worth([decision(verdicts, 0), decision(culprits, 1)])).toEqual([[1, 0], [0, 1]])
  })

  it('favours a statement of a required fact, and is against a forbidden one', () => {
    const [worths = []] = createOptionJudge(answer).worth([decision(statements, 0)])
    const [fact = 0, forbidden = 0, idle = 0, stop = 0] = worths
    expect(fact).toBeGreaterThan(stop)
    expect(stop).toBeGreaterThan(forbidden)
    expect(idle).toBeLessThan(0)
  })

  it('is nothing for the right verdict where the culprit is not among those it can blame', () => {
    const elsewhere: ReportPart[] = [{ part: 'verdict', verdict: 'root_cause', among: ['fff9999'] }, ...verdicts]
    const judge = createOptionJudge(answer)
    expect(judge.worth([decision(elsewhere, 1)])).toEqual([[0, 1, 0]])
    expect(judge.right(decision(elsewhere, 0))).toBe(1)
    expect(judge.right(decision(elsewhere.slice(0, 1), 0))).toBeUndefined()
  })

  it('asks for nobody to blame where the answer blames nobody', () => {
    const healthy = createOptionJudge({ ...answer, verdict: 'no_fault', culprit: null })
    expect(healthy.worth([decision(verdicts, 1)])).toEqual([[0, 1]])
    expect(healthy.right(decision(culprits, 0))).toBeUndefined()
  })

  it('favours the shorter of two statements of one fact, and of two that say nothing', () => {
    const long = 'the limit became 90 a minute, and more was said of it than anybody needs to know about such a limit'
    const [worths = []] = createOptionJudge(answer).worth([decision([{ part: 'statement', text: long }, { part: 'statement', text: 'the limit became 90' }, { part: 'statement', text: 'all is well, '.repeat(9) }, { part: 'statement', text: 'all is well' }], 1)])
    const [longFact = 0, shortFact = 0, longIdle = 0, shortIdle = 0] = worths
    expect(shortFact).toBeGreaterThan(longFact)
    expect(longFact).toBeGreaterThan(shortIdle)
    expect(shortIdle).toBeGreaterThan(longIdle)
  })

  it('counts a fact once, and then would rather stop', () => {
    const [, again = []] = createOptionJudge(answer).worth([decision(statements, 0), decision(statements, 3)])
    expect(Math.max(...again)).toBe(again[3])
  })

  it('ends where the verdict or the culprit is wrong: nothing can be earned any more', () => {
    expect(createOptionJudge(answer).worth([decision(verdicts, 0), decision(culprits, 0), decision(statements, 0)])[2]).toBeUndefined()
  })

  it('points to the right culprit for a guided report, and nowhere among statements', () => {
    const judge = createOptionJudge(answer)
    expect([judge.right(decision(culprits, 0)), judge.right(decision(statements, 0))]).toEqual([1, undefined])
  })
})
