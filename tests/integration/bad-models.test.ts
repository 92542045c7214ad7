import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { workerBudget } from '../../src/core/budget.ts'
import { ConfigurationError } from '../../src/core/errors.ts'
import { createMemoryJournal } from '../../src/core/journal.ts'
import type { Report } from '../../src/core/report.ts'
import type { Worker } from '../../src/core/worker.ts'
import { siteOf } from '../../src/estate.ts'
import type { Estate } from '../../src/estate.ts'
import { investigate } from '../../src/orchestrator/investigate.ts'
import type { InvestigationResult } from '../../src/orchestrator/investigate.ts'
import { taskEstate } from '../../training/open-task-lab.ts'
import type { Said } from '../fakes/model-replies.ts'
import { startModelServer } from '../fakes/model-server.ts'
import type { ModelServer, Script } from '../fakes/model-server.ts'
import { wires } from '../fakes/model-wires.ts'

const report: Report = { verdict: 'inconclusive', title: 'Undecided', rootCause: 'Nothing was established.', culprit: null, evidence: [], missing: ['everything'], actions: [] }
const done: Said = { calls: [{ name: 'report', arguments: report }] }
const ask = (...workers: string[]): Said => ({ calls: workers.map((worker) => ({ name: `investigate_${worker}`, arguments: { question: `What does ${worker} see?` } })) })

describe.each(wires)('a bad model on the %s wire', (_wire, connect) => {
  let open: { estate: Estate; close(): Promise<void> }
  const servers: ModelServer[] = []
  beforeAll(async () => {
    open = await taskEstate('0003-misspelt-host', join(import.meta.dirname, '../../tasks'))
  })
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()))
  })
  afterAll(() => open.close())

  /** The investigation of an alert by a model that says `orchestrator` for the orchestrator and `worker` for all workers; and the server. */
  const run = async (orchestrator: Script, worker: Script = () => ({})): Promise<InvestigationResult & { server: ModelServer }> => {
    const server = await startModelServer((request, number) => (request.tools.some((tool) => tool.startsWith('investigate_')) ? orchestrator : worker)(request, number))
    servers.push(server)
    const { workers, clock, asOf } = await siteOf(open.estate, [], { error: () => {} }, new Date())
    const policy = connect(server)
    const two: readonly Worker[] = workers.filter(({ name }) => name === 'kubernetes' || name === 'docs')
    const result = await investigate({
      id: 'i1', incidentId: 'i1', workers: two, clock, asOf, boundary: 'b0', emit: () => {}, signal: new AbortController().signal, journal: createMemoryJournal(),
      alert: { id: 'i1', source: 'cli', kind: 'question', receivedAt: asOf.toISOString(), title: 'Refunds fail', text: 'Refunds fail' },
      cast: () => ({ policy, prompt: { version: 'v1', text: 'Work.' } }),
      budget: { orchestrator: { ...workerBudget, steps: 4 }, worker: { ...workerBudget, steps: 3 } },
    })
    // Whatever the model says, what goes back to it must be a history that its server accepts.
    expect(server.refusals).toEqual([])
    return { ...result, server }
  }
  const coverage = ({ investigation }: InvestigationResult) => Object.fromEntries(investigation.coverage.map(({ worker, state }) => [worker, state]))

  it.each<[string, Said]>([
    ['says nothing', {}],
    ['only talks', { text: 'I believe it is the database.' }],
    ['refuses', { refusal: 'I cannot help with that.' }],
  ])('is told once to go on when it %s, then its run ends without a report', async (_what, said) => {
    const { investigation, server } = await run(() => said)
    expect(investigation.run.end).toEqual({ reason: 'no_report', message: expect.stringContaining('without calling a tool, twice') })
    expect(investigation.report).toBeUndefined()
    expect(investigation.run.steps).toHaveLength(2)
    expect(server.requests[1]?.words.join(' ')).toContain('report')
  })

  it('gets an answer in our words for unknown tools, broken JSON and wrong arguments, and may go on', async () => {
    const wrong: Said = { calls: [{ name: 'run_shell', arguments: { command: 'rm -rf /' } }, { name: 'investigate_docs', arguments: '{"question": "wh' }, { name: 'investigate_kubernetes', arguments: { entities: 'all' } }, { name: 'investigate_docs', arguments: '[1]' }] }
    const result = await run(({ turn }) => (turn === 0 ? wrong : done))
    expect(result.investigation.run.steps[0]?.calls.map(({ failure }) => failure?.kind)).toEqual(['unknown_tool', 'invalid_input', 'invalid_input', 'invalid_input'])
    expect(result.server.requests[1]?.calls.map(({ output }) => output)).toEqual([
      expect.stringMatching(/no tool "run_shell".*investigate_kubernetes/), expect.stringContaining('not a JSON object'), expect.stringContaining('question'), expect.stringContaining('not a JSON object'),
    ])
    expect(result.investigation).toMatchObject({ report, run: { end: { reason: 'reported' } } })
  })

  it('is shown what is wrong with its report once, beside whatever else it asked for', async () => {
    const bad: Said = { calls: [{ name: 'report', arguments: { verdict: 'guilty' } }, ...(ask('docs').calls ?? [])] }
    const corrected = await run(({ turn }) => (turn === 0 ? bad : done))
    expect(corrected.investigation).toMatchObject({ report, run: { end: { reason: 'reported' } } })
    expect(corrected.server.requests[1]?.calls.map(({ output }) => output)).toEqual([expect.stringMatching(/not accepted.*verdict/), expect.stringContaining('Not run')])
    const stubborn = await run(() => bad)
    expect(stubborn.investigation.run.end).toEqual({ reason: 'bad_report', message: expect.stringContaining('rootCause') })
    expect(stubborn.investigation.report).toBeUndefined()
  })

  it('spends its steps on calls that never end in a report, and its last one is announced', async () => {
    const { investigation, server } = await run(({ turn }) => ({ calls: [{ name: 'guess', arguments: { turn } }] }))
    expect(investigation.run.end).toMatchObject({ reason: 'steps_spent', message: expect.stringContaining('4 steps') })
    expect(server.requests.at(-1)?.words.at(-1)).toContain('last step')
  })

  it('fails as one worker while the other worker\'s finding stands', async () => {
    const finding = { verdict: 'nothing_found', answer: 'No page about it.', culprit: null, claims: [] }
    const worker: Script = ({ tools, turn }) => {
      if (tools.includes('kubernetes_list_pods')) return { text: 'Hm.' }
      return turn === 0 ? { calls: [{ name: 'docs_list_sources', arguments: {} }] } : { calls: [{ name: 'report', arguments: finding }] }
    }
    const result = await run(({ turn }) => (turn === 0 ? ask('kubernetes', 'docs') : done), worker)
    expect(coverage(result)).toMatchObject({ kubernetes: 'failed', docs: 'empty', sentry: 'not_configured' })
    expect(result.investigation.run.steps[0]?.calls.map(({ failure, finding: found }) => failure?.message ?? found?.answer)).toEqual([expect.stringContaining('twice'), 'No page about it.'])
    expect(result.investigation.report).toEqual(report)
  })

  it('cites calls that do not exist, and that evidence is dropped and counted', async () => {
    const lying: Said = { calls: [{ name: 'report', arguments: { ...report, evidence: [{ text: 'The pod crashed 12 times.', calls: ['kubernetes.0.0.0.0'] }] } }] }
    const { investigation } = await run(() => lying)
    expect(investigation).toMatchObject({ droppedEvidence: 1, report: { evidence: [] } })
  })

  it('is unreachable for a worker: the orchestrator still reports; for the orchestrator: the run ends with who must act', async () => {
    const partly = await run(({ turn }) => (turn === 0 ? ask('docs') : done), () => ({ fault: 'status', status: 500 }))
    expect(partly.investigation.run.steps[0]?.calls[0]).toMatchObject({ failure: { kind: 'unavailable', message: expect.stringMatching(/model server.*failed \(500\)/) }, run: { end: { reason: 'policy_failed' } } })
    expect(partly.investigation.report).toEqual(report)
    const wholly = await run(() => ({ fault: 'status', status: 401 }))
    expect(wholly.investigation.run.end).toEqual({ reason: 'policy_failed', message: expect.stringContaining('API key (401)') })
    expect(wholly.error).toBeInstanceOf(ConfigurationError)
  })
})
