import type { LogLine } from '../../../src/core/world/logs.ts'
import type { Draft } from './draft.ts'
import { ticks } from './moments.ts'
import { releaseAt, type Service } from './service-record.ts'

export interface LogAct {
  readonly at: string
  readonly level: LogLine['level']
  readonly message: string
  readonly fields?: Readonly<Record<string, string | number | boolean>>
}

/** A line the service prints, kept where it runs: by its live Railway deployment, or by one of its pods. */
export function log(draft: Draft, service: Service, act: LogAct): void {
  const release = releaseAt(service, act.at)
  const line = { time: act.at, level: act.level, message: act.message }
  if (release.deployment !== undefined) {
    draft.world.logs.push({ ...line, source: 'railway.deploy', fields: { deployment: release.deployment, service: service.name, ...act.fields } })
    return
  }
  draft.world.logs.push({
    ...line,
    message: printed(act),
    source: 'kubernetes.pod',
    fields: { namespace: service.namespace, pod: draft.random.pick(release.pods), container: service.name, ...act.fields },
  })
}

const printedLevel: Record<LogLine['level'], string> = { debug: 'DEBUG', info: 'INFO', warning: 'WARN', error: 'ERROR', fatal: 'FATAL' }

/** A line as a container prints it: a cluster keeps bytes and no level, so the level must stand in the text. */
export function printed({ level, message }: Pick<LogAct, 'level' | 'message'>): string {
  return `${printedLevel[level]} ${message}`
}

export interface TrafficAct {
  readonly from: string
  readonly to: string
  readonly every: string
  /** `:id` in a path becomes a random number. */
  readonly requests: readonly {
    readonly method: string
    readonly path: string
    readonly status: number
    readonly ms: readonly [number, number]
    readonly weight?: number
  }[]
}

/** HTTP requests as the place the service runs in records them: Railway's edge, or a line in the pod's own access log. */
export function httpTraffic(draft: Draft, service: Service, act: TrafficAct): void {
  const { random } = draft
  const bag = act.requests.flatMap((request) => Array.from({ length: request.weight ?? 1 }, () => request))
  for (const time of ticks(act.from, act.to, act.every, random.next)) {
    const { method, path: template, status, ms } = random.pick(bag)
    const path = template.replace(':id', String(random.int(10_000, 99_999)))
    const durationMs = random.int(ms[0], ms[1])
    const level = status >= 500 ? 'error' : status >= 400 ? 'warning' : 'info'
    const release = releaseAt(service, time)
    if (release.deployment === undefined) {
      log(draft, service, { at: time, level, message: `${method} ${path} ${status} ${durationMs}ms` })
      continue
    }
    draft.world.logs.push({
      source: 'railway.http',
      time,
      level,
      message: `${method} ${path} ${status}`,
      fields: { deployment: release.deployment, service: service.name, method, path, status, durationMs },
    })
  }
}
