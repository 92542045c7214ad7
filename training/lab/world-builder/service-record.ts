export interface ServiceSpec {
  readonly name: string
  readonly description: string
  readonly runs: 'railway' | 'kubernetes'
  /** The code at the first commit; `history` follows it. */
  readonly files: Readonly<Record<string, string>>
  readonly platform?: 'node' | 'python'
  readonly dependsOn?: readonly string[]
  /** Environment variables by name; no tool lets the values out. */
  readonly variables?: Readonly<Record<string, string>>
  readonly port?: number
  readonly replicas?: number
  readonly memoryMb?: number
  /** Kubernetes only. */
  readonly namespace?: string
  readonly configMap?: string
  /** Railway only: a schedule makes it a cron service. */
  readonly cron?: string
  readonly startCommand?: string
  /** False for what never reports to Sentry. */
  readonly sentry?: boolean
  readonly owner?: string
  readonly createdAt?: string
}

/** One version of a service that went live. `deployment` is Railway's id; `pods` are those Kubernetes started for it. */
export interface Release {
  readonly sha: string
  readonly at: string
  readonly liveAt: string
  readonly deployment?: string
  readonly pods: readonly string[]
}

export interface Service {
  readonly name: string
  readonly spec: ServiceSpec
  readonly owner: string
  readonly namespace: string
  readonly port: number
  readonly createdAt: string
  readonly releases: Release[]
}

/** The release that was live at `time`, or the first one for anything earlier; throws before any deploy. */
export function releaseAt(service: Service, time: string): Release {
  const live = service.releases.findLast((release) => Date.parse(release.liveAt) <= Date.parse(time)) ?? service.releases[0]
  if (!live) throw new Error(`${service.name} was never deployed`)
  return live
}
