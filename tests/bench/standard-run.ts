import { z } from 'zod'
import { createScriptedPolicy } from '../../src/adapters/models/scripted.ts'
import type { Alert } from '../../src/core/alert.ts'
import { orchestratorBudget, workerBudget } from '../../src/core/budget.ts'
import type { Cast } from '../../src/core/cast.ts'
import type { Journal } from '../../src/core/journal.ts'
import type { OutputItem, PolicySettings } from '../../src/core/policy.ts'
import { createManualClock } from '../../src/core/time.ts'
import { workerNames } from '../../src/core/worker.ts'
import type { Worker, WorkerName } from '../../src/core/worker.ts'
import { investigate } from '../../src/orchestrator/investigate.ts'
import type { InvestigationResult } from '../../src/orchestrator/investigate.ts'
import { defineTool } from '../../workers/kit/define-tool.ts'
import { defineWorker } from '../../workers/kit/define-worker.ts'
import { extractEntities } from '../../workers/kit/extract-entities.ts'
import { createJsonClient } from '../../workers/kit/http-json.ts'
import type { JsonClient } from '../../workers/kit/http-json.ts'
import { createRedactor } from '../../workers/kit/redact.ts'

/**
 * The run all figures are about: six workers at once, each with four turns and four calls (two of them at once), and the
 * orchestrator's two turns: 26 model turns, 24 tool calls, each of an answer of about 25 KB.
 */
export const standardRun = { turns: 26, calls: 24 } as const

const clock = createManualClock('2026-03-01T12:00:00Z')
const url = 'http://service.test'
const Line = z.object({ at: z.string(), level: z.string(), message: z.string() })
const Answer = z.object({ lines: z.array(Line) })

const answerBody = JSON.stringify({
  lines: Array.from({ length: 170 }, (_, index) => ({
    at: new Date(Date.UTC(2026, 2, 1, 11, 0, index)).toISOString(),
    level: index % 9 === 0 ? 'error' : 'info',
    message: `request ${(index * 7919).toString(16).padStart(12, '0')} POST /v1/orders took ${index * 3} ms, upstream ledger-api answered ${index % 9 === 0 ? 502 : 200}`,
  })),
})

/** Kilobytes of one answer of the service. */
export const answerKilobytes = Buffer.byteLength(answerBody) / 1000

const readLog = (worker: WorkerName) => defineTool<JsonClient>()({
  name: `${worker}_read_log`, title: 'Read a log', useWhen: 'Use when a log is wanted.',
  input: z.object({ log: z.string() }), output: Answer,
  operations: [{ type: 'http', method: 'GET', path: '/logs/{log}' }],
  run: async ({ log }, { client }) => {
    const { data } = await client.get(`/logs/${log}`, Answer)
    const failed = data.lines.filter(({ level }) => level === 'error')
    return {
      structured: data, text: data.lines.map(({ at, level, message }) => `${at} ${level} ${message}`).join('\n'),
      entities: failed.slice(0, 10).flatMap(({ message }) => extractEntities(message)),
      signals: [{ kind: 'error', text: `${failed.length} requests failed`, severity: 2, count: failed.length, entities: [] }],
    }
  },
})

/** Six workers with everything the kit does for a call (guard, redaction, checks, cutting), on a service that answers at once. */
export function standardWorkers(): Worker[] {
  const redactor = createRedactor()
  const answer = async (): Promise<Response> => new Response(answerBody, { headers: { 'content-type': 'application/json' } })
  return workerNames.map((name) => defineWorker<null, JsonClient>({
    name, service: name, description: `Reads the logs of ${name}.`, tools: [readLog(name)], baseUrls: () => [url],
    connect: (_connection, guarded) => createJsonClient({ service: name, baseUrl: url, headers: {}, fetch: guarded }),
  }).bind(null, { clock, fetch: answer, redactor }))
}

/** The policies of the standard run, answering at once; `beforeEnd` is awaited before the last turn. */
export function standardCast(beforeEnd: () => Promise<void> = async () => {}): Cast {
  const policy = createScriptedPolicy(async (_items, _tools, settings) => {
    if (settings.agent === 'orchestrator' && settings.step > 0) await beforeEnd()
    return settings.agent === 'orchestrator' ? orchestratorTurn(settings) : workerTurn(settings)
  })
  return () => ({ policy, prompt: { version: 'v1', text: 'Work as the foreman of an on-call team.' } })
}

function orchestratorTurn({ step }: PolicySettings): OutputItem[] {
  if (step === 0) return workerNames.map((name) => call(`investigate_${name}`, { question: `What failed in ${name}?` }, name))
  const evidence = workerNames.map((name, index) => ({ text: '502 from ledger-api', calls: [`${name}.0.${index}.0.0`] }))
  return [call('report', { verdict: 'root_cause', title: 'ledger-api answers 502', rootCause: 'ledger-api answers 502.', culprit: { kind: 'service', name: 'ledger-api' }, evidence, missing: [], actions: [] }, 'report')]
}

function workerTurn({ agent, step, runId }: PolicySettings): OutputItem[] {
  const read = (log: string): OutputItem => call(`${agent}_read_log`, { log }, log)
  if (step === 0) return [read('a'), read('b')]
  if (step < 3) return [read(`c${step}`)]
  return [call('report', { verdict: 'found', answer: 'ledger-api answers 502.', culprit: null, claims: [{ text: '502 from ledger-api', calls: [`${runId}.0.0`, `${runId}.2.0`] }] }, 'report')]
}

function call(name: string, args: object, id: string): OutputItem {
  return { type: 'function_call', call_id: id, name, arguments: JSON.stringify(args) }
}

export const alert: Alert = { id: 'bench', source: 'cli', kind: 'question', receivedAt: clock.now().toISOString(), title: 'Orders fail', text: 'Orders fail since 11:00' }
export const site = async () => ({ workers: standardWorkers(), clock, asOf: clock.now() })
export const budget = { orchestrator: orchestratorBudget, worker: workerBudget }

/** The standard run under `journal`. Throws when it was not the standard run after all. */
export async function performStandardRun(journal: Journal): Promise<InvestigationResult> {
  const { workers } = await site()
  const result = await investigate({
    id: 'bench', incidentId: 'bench', alert, workers, cast: standardCast(), budget, clock, asOf: clock.now(), journal, emit: () => {},
    signal: new AbortController().signal, boundary: 'b0b0b0b0b0b0',
  })
  const { run, report, droppedEvidence } = result.investigation
  const inner = run.steps.flatMap((step) => step.calls).flatMap(({ run: worker }) => worker?.steps ?? [])
  const [turns, calls] = [run.steps.length + inner.length, inner.flatMap((step) => step.calls).filter(({ result: brought }) => brought).length]
  if (turns !== standardRun.turns || calls !== standardRun.calls || !report || droppedEvidence > 0) throw new Error(`The run had ${turns} turns and ${calls} calls, and ended with ${run.end.message}`)
  return result
}
