import type { z } from 'zod'
import { distinctEntities } from '../../src/core/entity.ts'
import type { ToolReturn } from '../kit/define-tool.ts'
import { foldLines, logSignals, logText } from '../kit/log-lines.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { isNotable } from '../kit/output-budget.ts'
import { clip, utc } from '../kit/plain-text.ts'
import type { KubernetesClient } from './client.ts'
import { consoleLinks, findPod } from './find-pod.ts'
import { placePods } from './log-origins.ts'
import { foldedLog, readPodLog } from './pod-log.ts'
import type { FoldedLog, LogRequest } from './pod-log.ts'
import { podEntities, podState } from './pod-state.ts'

/** One pod's log as a tool's result: folded lines, their signals, and how the pod last ended where its earlier run is asked for. */
export async function podLogResult(
  client: KubernetesClient, { pod: name, namespace }: { pod: string; namespace: string | undefined }, request: LogRequest,
): Promise<ToolReturn<z.infer<typeof FoldedLog>>> {
  const pod = await findPod(client, name, namespace)
  const state = podState(pod)
  const about = podEntities(state)
  const entries = await readPodLog(client, pod, request)
  const folded = foldLines(entries)
  const span = request.previous ? 'before the last restart' : `${utc(request.window.start)} to ${utc(request.window.end)}`
  const ended = request.previous ? state.containers.flatMap(({ name: container, lastTermination: last }) => (last === null ? [] : [`Container ${container} last ended ${last.reason} with exit ${last.exitCode}${last.at === null ? '' : ` at ${utc(last.at)}`}.`])) : []
  const endedAt = state.containers.flatMap(({ lastTermination: last }) => last?.at ?? []).sort().at(-1)
  const head = `Logs of pod ${name} (${state.namespace}), ${span}`
  const empty = entries.length === 0
  // A process that is killed writes no error: what it was at is its last word.
  const atTheEnd = ended.some((text) => !text.includes(' exit 0')) ? entries.findLast(({ level }) => level === 'info' || level === 'debug') : undefined
  return {
    structured: foldedLog(entries, folded),
    text: [...ended, empty ? `${head}: no lines${request.previous && state.restarts === 0 ? '; the pod has not restarted' : ''}.` : logText(head, entries, folded)].join('\n'),
    entities: distinctEntities([...about, ...folded.flatMap((line) => line.entities)]),
    signals: [
      ...await placePods(logSignals(folded, about), client, state.namespace),
      ...ended.filter((text) => !text.includes(' exit 0')).map((text) => makeSignal('state', 2, `Pod ${name}: ${text}`, { about, at: endedAt })),
      ...(atTheEnd === undefined ? [] : [makeSignal('state', isNotable(atTheEnd.message) ? 2 : 1, clip(`Pod ${name}’s last line of work before it ended: ${atTheEnd.message.split('\n')[0] ?? ''}`, 300), { about, says: atTheEnd.message, at: atTheEnd.at })]),
      ...(empty ? [makeSignal('absence', request.previous || state.containers.every(({ state: now }) => now !== 'running') ? 0 : 1, `${head}: no lines.`, { about })] : []),
    ],
    links: consoleLinks(client, state.namespace, 'pods', name),
    truncated: entries.length >= request.limit,
  }
}
