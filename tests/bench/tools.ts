import { join } from 'node:path'
import { orchestratorBudget, workerBudget } from '../../src/core/budget.ts'
import type { Worker } from '../../src/core/worker.ts'
import type { World } from '../../src/core/world/world.ts'
import { siteOf } from '../../src/estate.ts'
import { delegationTool } from '../../src/orchestrator/delegation.ts'
import { toolCatalogue } from '../../src/tool-catalogue.ts'
import { createMemoryJournal } from '../../src/core/journal.ts'
import { createLab } from '../../training/lab/lab.ts'
import { labEstate } from '../../training/lab-connections.ts'
import { loadTask } from '../../training/tasks/load-task.ts'
import { quantile, timed } from './rows.ts'
import type { Row } from './rows.ts'

const repeats = 5
const manyPods = 5000
const logBytes = 10_000_000
const log = { error: () => {} }

/** What a tool call costs: p50 per worker in process and over ports, schema tokens, and inputs far larger than the budget. */
export async function tools(tasksDirectory: string): Promise<Row[]> {
  const { world } = await loadTask(join(tasksDirectory, '0001-tool-call-id'))
  return [...await callTimes(world), ...await schemaTokens(world), ...await largeInputs(world)]
}

async function callTimes(world: World): Promise<Row[]> {
  const lab = createLab(world)
  try {
    const served = await lab.listen()
    const inside = await siteOf(labEstate(world, lab), [], log, lab.clock.now())
    const outside = await siteOf({ ...labEstate(world, { ...lab, services: served.services }), fetch }, [], log, lab.clock.now())
    const rows: Row[] = []
    for (const [setting, { workers }] of [['in process', inside], ['over ports', outside]] as const) {
      for (const worker of workers) rows.push({ what: `tool call: ${worker.name}, p50`, setting, value: quantile(await callsOf(worker), 0.5), unit: 'ms' })
    }
    return rows
  } finally {
    await lab.close()
  }
}

/** Milliseconds of calls to the worker's tools that need no argument; the first round warms up. */
async function callsOf(worker: Worker): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round <= repeats; round += 1) {
    for (const tool of worker.tools) {
      let answered = false
      const ms = await timed(async () => {
        answered = (await tool.invoke({}, { callId: 'bench', signal: new AbortController().signal })).ok
      })
      if (answered && round > 0) times.push(ms)
    }
  }
  return times
}

async function schemaTokens(world: World): Promise<Row[]> {
  const catalogue = await toolCatalogue()
  const lab = createLab(world)
  const { workers, clock } = await siteOf(labEstate(world, lab), [], log, lab.clock.now())
  const context = { clock, journal: createMemoryJournal(), emit: () => {}, boundary: 'b', training: false, alreadyMs: 0 }
  const nobody = () => { throw new Error('The bench asks no policy.') }
  const delegations = workers.map((worker) => delegationTool(worker, nobody, workerBudget, { start: '', end: '' }, context))
  const orchestrator = JSON.stringify(delegations.map(({ name, description, parameters }) => ({ name, description, parameters }))).length / 4
  const row = (who: string, value: number, aim: string): Row => ({ what: `schema tokens: ${who}`, setting: `${orchestratorBudget.steps} or ${workerBudget.steps} steps`, value, unit: 'tokens', aim })
  return [
    ...workers.map(({ name }) => row(name, catalogue.filter((tool) => tool.worker === name).reduce((sum, tool) => sum + tool.schemaTokens, 0), '≤ 6,000')),
    row('orchestrator', orchestrator, '≤ 1,500'),
  ]
}

/** A namespace of 5,000 pods and a log of 10 MB, each through the tool that reads it. */
async function largeInputs(world: World): Promise<Row[]> {
  const pod = world.kubernetes.objects.find(({ kind }) => kind === 'Pod')
  if (!pod) throw new Error('The bench world has no pod.')
  const namespace = pod.metadata.namespace ?? 'default'
  const pods = Array.from({ length: manyPods }, (_, index) => ({ ...pod, metadata: { ...pod.metadata, name: `${pod.metadata.name}-${index}`, uid: undefined } }))
  const line = 'GET /v1/things 200 in 12 ms for a client that asks for the same thing again and again and again'
  const lines = Array.from({ length: Math.ceil(logBytes / line.length) }, (_, index) => ({
    source: 'kubernetes.pod' as const, time: new Date(Date.parse(world.header.now) - 3_600_000 + index * 30).toISOString(), level: 'info' as const,
    message: `${line} ${index}`, fields: { namespace, pod: pod.metadata.name },
  }))
  const large: World = { ...world, kubernetes: { ...world.kubernetes, objects: [...world.kubernetes.objects, ...pods] }, logs: [...world.logs, ...lines] }
  return [
    ...await oneCall(large, 'kubernetes_list_pods', { namespace }, `${manyPods} pods`),
    ...await oneCall(large, 'kubernetes_pod_logs', { namespace, pod: pod.metadata.name }, '10 MB of log'),
  ]
}

async function oneCall(world: World, name: string, args: object, setting: string): Promise<Row[]> {
  const lab = createLab(world)
  try {
    const { workers } = await siteOf(labEstate(world, lab), [], log, lab.clock.now())
    const tool = workers.flatMap((worker) => worker.tools).find((candidate) => candidate.name === name)
    const before = process.memoryUsage().rss
    let characters = 0
    const ms = await timed(async () => {
      const outcome = await tool?.invoke(args, { callId: 'bench', signal: new AbortController().signal })
      if (!outcome?.ok) throw new Error(`${name}: ${outcome?.failure.message ?? 'there is no such tool'}`)
      characters = outcome.result.text.length
    })
    const what = `large input: ${name}`
    return [
      { what: `${what}, time`, setting, value: ms, unit: 'ms' },
      { what: `${what}, memory (lab included)`, setting, value: Math.max(0, process.memoryUsage().rss - before) / 1e6, unit: 'MB' },
      { what: `${what}, text`, setting, value: characters / 1000, unit: 'KB', aim: '≤ 6' },
    ]
  } finally {
    await lab.close()
  }
}
