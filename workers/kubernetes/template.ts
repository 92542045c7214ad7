import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import type { Container, PodSpec } from './client.ts'

/** One container of a pod template. Of its environment only names and where each value comes from; never a value. */
export const ContainerTemplate = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), from: z.string().describe('literal, or the reference') })),
  envFrom: z.array(z.string()),
  limits: z.record(z.string(), z.string()),
  requests: z.record(z.string(), z.string()),
  probes: z.array(z.string()),
})
export type ContainerTemplate = z.infer<typeof ContainerTemplate>

/** The containers of a pod template, init containers first. */
export function containerTemplates(spec: PodSpec | undefined): ContainerTemplate[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(containerTemplate)
}

function containerTemplate(container: Container): ContainerTemplate {
  return {
    name: container.name,
    image: container.image ?? '',
    command: [...(container.command ?? []), ...(container.args ?? [])],
    env: (container.env ?? []).map(({ name, valueFrom }) => ({ name, from: referenceText(valueFrom) })),
    envFrom: (container.envFrom ?? []).map((source) =>
      source.configMapRef === undefined ? `secret ${source.secretRef?.name ?? '?'}` : `configMap ${source.configMapRef.name ?? '?'}`,
    ),
    limits: { ...container.resources?.limits },
    requests: { ...container.resources?.requests },
    probes: (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).flatMap((kind) => {
      const probe = container[kind]
      if (probe === undefined) return []
      const target = probe.httpGet === undefined ? (probe.tcpSocket === undefined ? 'command' : `tcp ${probe.tcpSocket.port}`) : `GET ${probe.httpGet.path ?? '/'} port ${probe.httpGet.port}`
      return [`${kind.replace('Probe', '')} ${target}, timeout ${probe.timeoutSeconds ?? 1} s, ${probe.failureThreshold ?? 3} failures`]
    }),
  }
}

type Env = NonNullable<Container['env']>[number]

function referenceText(from: Env['valueFrom']): string {
  if (from?.secretKeyRef !== undefined) return `secret ${from.secretKeyRef.name ?? '?'}/${from.secretKeyRef.key}`
  if (from?.configMapKeyRef !== undefined) return `configMap ${from.configMapKeyRef.name ?? '?'}/${from.configMapKeyRef.key}`
  if (from?.fieldRef !== undefined) return `field ${from.fieldRef.fieldPath}`
  return from?.resourceFieldRef === undefined ? 'literal' : `resource ${from.resourceFieldRef.resource}`
}

/** A container in lines; the command is cut because arguments can be long. */
export function containerTemplateText(container: ContainerTemplate): string {
  const lines = [`container ${container.name}: image ${container.image}`]
  if (container.command.length > 0) lines.push(`  command: ${container.command.join(' ').slice(0, 300)}`)
  const amounts = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => `${name} ${value}`).join(', ') || 'none'
  lines.push(`  requests: ${amounts(container.requests)}; limits: ${amounts(container.limits)}`)
  if (container.probes.length > 0) lines.push(`  probes: ${container.probes.join('; ')}`)
  const env = [...container.env.map(({ name, from }) => (from === 'literal' ? name : `${name} ← ${from}`)), ...container.envFrom.map((from) => `all of ${from}`)]
  if (env.length > 0) lines.push(`  env (names only): ${env.join(', ')}`)
  return lines.join('\n')
}

/** What changed from one template to the next: images, commands, limits, probes and the names of variables, in words. */
export function templateChanges(before: readonly ContainerTemplate[], after: readonly ContainerTemplate[]): string[] {
  const gone = before.filter((container) => !after.some(({ name }) => name === container.name)).map(({ name }) => `container ${name} removed`)
  return [...gone, ...after.flatMap((container) => {
    const old = before.find(({ name }) => name === container.name)
    if (old === undefined) return [`container ${container.name} added (${container.image})`]
    return containerChanges(old, container).map((change) => (after.length > 1 ? `${container.name}: ${change}` : change))
  })]
}

function containerChanges(before: ContainerTemplate, after: ContainerTemplate): string[] {
  const changes: string[] = []
  if (before.image !== after.image) changes.push(`image ${before.image} → ${after.image}`)
  if (before.command.join(' ') !== after.command.join(' ')) changes.push('command changed')
  for (const kind of ['limits', 'requests'] as const) {
    const names = new Set([...Object.keys(before[kind]), ...Object.keys(after[kind])])
    for (const name of names) {
      const [old, now] = [before[kind][name] ?? 'none', after[kind][name] ?? 'none']
      if (old !== now) changes.push(`${name} ${kind.slice(0, -1)} ${old} → ${now}`)
    }
  }
  const had = new Map(before.env.map((variable) => [variable.name, variable.from]))
  const has = new Map(after.env.map((variable) => [variable.name, variable.from]))
  for (const [name, from] of has) {
    if (!had.has(name)) changes.push(`env ${name} added (${from})`)
    else if (had.get(name) !== from) changes.push(`env ${name}: ${had.get(name)} → ${from}`)
  }
  for (const name of had.keys()) if (!has.has(name)) changes.push(`env ${name} removed`)
  if (before.envFrom.join() !== after.envFrom.join()) changes.push(`envFrom ${before.envFrom.join(', ') || 'none'} → ${after.envFrom.join(', ') || 'none'}`)
  if (before.probes.join() !== after.probes.join()) changes.push(`probes: ${before.probes.join('; ') || 'none'} → ${after.probes.join('; ') || 'none'}`)
  return changes
}

/** The variables, ConfigMaps and Secrets a template names. */
export function templateEntities(containers: readonly ContainerTemplate[]): Entity[] {
  return containers.flatMap((container): Entity[] => [
    ...container.env.map(({ name }) => ({ kind: 'variable' as const, value: name })),
    ...[...container.env.map(({ from }) => from), ...container.envFrom].flatMap((from) => {
      const [, kind, name] = /^(configMap|secret) ([^/]+)/.exec(from) ?? []
      return name === undefined ? [] : [{ kind: kind === 'secret' ? 'credential' as const : 'config_map' as const, value: name }]
    }),
  ])
}

/** For each container what bounds it and who watches it: context to a kill, a throttle or a failed probe. */
export function templateSignals(containers: readonly ContainerTemplate[], what: string, about: readonly Entity[]): Signal[] {
  return containers.flatMap((container) => {
    const limits = Object.entries(container.limits).map(([name, value]) => `${name} ${value}`)
    if (limits.length === 0 && container.probes.length === 0) return []
    return [makeSignal('state', 0, `${what}, container ${container.name}: limits ${limits.join(', ') || 'none'}; ${container.probes.join('; ') || 'no probes'}.`, {
      about: [...about, { kind: 'container', value: container.name }, ...Object.values(container.limits).map((value) => ({ kind: 'quantity' as const, value }))], says: '',
    })]
  })
}
