import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createScriptedPolicy } from '../../src/adapters/models/scripted.ts'
import { orchestratorBudget, workerBudget } from '../../src/core/budget.ts'
import type { FailureKind } from '../../src/core/errors.ts'
import { createMemoryJournal } from '../../src/core/journal.ts'
import type { OutputItem, Policy } from '../../src/core/policy.ts'
import { workerNames } from '../../src/core/worker.ts'
import { siteOf } from '../../src/estate.ts'
import { investigate } from '../../src/orchestrator/investigate.ts'
import { createLab } from '../../training/lab/lab.ts'
import { labEstate } from '../../training/lab-connections.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { explore, namesIn, openAllTools } from '../fixtures/all-tools.ts'
import type { AllTools, BoundTool, Tried } from '../fixtures/all-tools.ts'
import { alwaysAnswering, brokenAnswers, hangs, serviceWords, statuses } from '../fixtures/bad-answers.ts'
import type { BadAnswer } from '../fixtures/bad-answers.ts'

const world = await loadWorld(join(import.meta.dirname, '../fixtures/world'))

/** What each refusal means to whoever must act. */
const kindOfStatus: Readonly<Record<string, FailureKind>> = {
  401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 409: 'conflict', 410: 'gone', '429 with Retry-After': 'rate_limited', 500: 'unavailable', 502: 'unavailable',
}

/** Where a bad answer is an answer all the same. */
const answeredAllTheSame: Readonly<Record<string, string>> = {
  supabase_check_table_api: 'reports how the data API answers, whatever it answers',
  github_get_codeowners: 'a repository without the file has no owners',
  github_job_log_tail: 'a log is any text',
  supabase_api_counts: 'counts that are not there are none',
  supabase_auth_config: 'settings that are not there are not set',
}

describe('every tool of every worker, when its service', () => {
  let all: AllTools
  let ordinary: Tried[]
  beforeAll(async () => {
    all = await openAllTools(world)
    ordinary = await explore(all, namesIn(world), 2)
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(() => all.close())

  const argsOf = ({ name }: BoundTool): Tried['args'] => {
    const own = ordinary.filter(({ tool }) => tool.name === name)
    return (own.find(({ outcome }) => outcome.ok) ?? own[0])?.args ?? {}
  }
  /** Each tool called once (a few of each worker where the answer is large), on a service that answers only so. */
  const outcomes = async (bad: BadAnswer): Promise<Tried[]> => {
    const tried: Tried[] = []
    const tools = await all.boundTo(alwaysAnswering(bad))
    const chosen = bad.large === true ? workerNames.flatMap((worker) => tools.filter((tool) => tool.worker === worker).slice(0, 3)) : tools
    for (const tool of chosen) tried.push(await all.call(tool, argsOf(tool)))
    return tried
  }
  const unexpected = (tried: readonly Tried[], kinds: readonly FailureKind[]) =>
    tried.flatMap(({ tool, outcome }) => {
      if (outcome.ok) return tool.name in answeredAllTheSame ? [] : [`${tool.name} had a result`]
      return kinds.includes(outcome.failure.kind) ? [] : [`${tool.name}: ${outcome.failure.kind}: ${outcome.failure.message}`]
    })
  const messages = (tried: readonly Tried[]): string => tried.map(({ outcome }) => (outcome.ok ? '' : outcome.failure.message)).join('\n')

  it.each(statuses)('answers $name, fails with what that means, in our words', async (bad) => {
    const tried = await outcomes(bad)
    expect(unexpected(tried, [kindOfStatus[bad.name] ?? 'defect'])).toEqual([])
    expect(messages(tried)).not.toContain(serviceWords)
    expect(all.defects).toEqual([])
  })

  it('is over its limit, says when to ask again', async () => {
    const limited = statuses.find(({ name }) => name.startsWith('429'))
    if (limited === undefined) throw new Error('There is no such answer.')
    const failures = (await outcomes(limited)).flatMap(({ outcome }) => (outcome.ok ? [] : [outcome.failure]))
    expect(failures.length).toBeGreaterThan(100)
    expect(failures.filter(({ retryAfterSeconds }) => retryAfterSeconds === 3_600).length).toBeGreaterThan(failures.length / 2)
  })

  it.each(brokenAnswers)('answers with $name, fails as unusable or unreachable, in our words', async (bad) => {
    const tried = await outcomes(bad)
    expect(unexpected(tried, ['bad_response', 'unavailable'])).toEqual([])
    expect(messages(tried)).not.toContain(serviceWords)
    expect(all.defects).toEqual([])
  })

  it.each(hangs)('$name, ends at its own time limit', async (bad) => {
    const tools = await all.boundTo(alwaysAnswering(bad))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const calls = tools.map((tool) => tool.invoke(argsOf(tool), { callId: 'x1.0.0', signal: new AbortController().signal }))
    await vi.advanceTimersByTimeAsync(120_000)
    const kinds = (await Promise.all(calls)).map((outcome, index) => [tools[index]?.name, outcome.ok ? 'a result' : outcome.failure.kind])
    expect(kinds.filter(([, kind]) => kind !== 'timeout')).toEqual([])
  })
})

describe('an investigation, when one of six services', () => {
  const call = (name: string, args: object): OutputItem => ({ type: 'function_call', call_id: name, name, arguments: JSON.stringify(args) })
  const tools: Readonly<Record<string, string>> = {
    sentry: 'sentry_search_issues', supabase: 'supabase_service_health', railway: 'railway_environment_status', kubernetes: 'kubernetes_list_pods', github: 'github_list_commits', docs: 'docs_list_sources',
  }
  /** Asks all specialists once; each makes one call and reports that it found nothing. */
  const policy: Policy = createScriptedPolicy((_items, _tools, { agent, step }) => {
    if (agent === 'orchestrator') {
      if (step === 0) return workerNames.map((worker) => call(`investigate_${worker}`, { question: `What does ${worker} see?` }))
      return [call('report', { verdict: 'inconclusive', title: 'Undecided', rootCause: 'Nothing was established.', culprit: null, evidence: [], missing: ['a working service'], actions: [] })]
    }
    return step === 0 ? [call(tools[agent] ?? '', {})] : [call('report', { verdict: 'nothing_found', answer: 'Nothing unusual.', culprit: null, claims: [] })]
  })

  const broken = [...statuses, ...brokenAnswers].filter(({ name }) => ['401', '502', 'a web page', 'a refused connection'].includes(name))
  it.each(workerNames.flatMap((worker) => broken.map((bad) => ({ worker, bad, name: bad.name }))))('is that of the $worker worker and answers with $name, goes on with the others and says so', async ({ worker, bad }) => {
    const lab = createLab(world)
    try {
      const estate = labEstate(world, lab)
      const fetch: typeof estate.fetch = (input, init) => {
        const { hostname } = new URL(input instanceof Request ? input.url : input)
        return hostname === `${worker}.lab` || hostname.endsWith(`.${worker}.lab`) ? alwaysAnswering(bad)(input, init) : estate.fetch(input, init)
      }
      const { workers, clock, asOf } = await siteOf({ ...estate, fetch }, [], { error: (about) => expect(about).toBeUndefined() }, new Date())
      const { investigation } = await investigate({
        id: 'i1', incidentId: 'i1', workers, clock, asOf, boundary: 'b0', emit: () => {}, signal: new AbortController().signal, journal: createMemoryJournal(),
        alert: { id: 'i1', source: 'cli', kind: 'question', receivedAt: asOf.toISOString(), title: 'Quotes fail', text: 'Quotes fail' },
        cast: () => ({ policy, prompt: { version: 'v1', text: 'Work.' } }), budget: { orchestrator: orchestratorBudget, worker: workerBudget },
      })
      expect(investigation.run.end.reason).toBe('reported')
      expect(investigation.coverage.filter(({ state }) => state === 'failed').map((line) => line.worker)).toEqual([worker])
      const detail = investigation.coverage.find((line) => line.worker === worker)?.detail ?? ''
      expect(detail).toMatch(/answered|could not be reached/)
      expect(detail).not.toContain(serviceWords)
    } finally {
      await lab.close()
    }
  })
})
