import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { limitField } from '../../kit/window.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { nameOf } from '../names.ts'

const Answer = z.object({
  environment: z.object({ volumeInstances: z.object({ edges: z.array(z.object({ node: z.object({
    mountPath: z.string(), sizeMB: z.number(), currentSizeMB: z.number(), state: z.string().nullish(), region: z.string().nullish(), serviceId: z.string().nullish(), volume: z.object({ name: z.string() }),
  }) })) }) }),
})
const Volume = z.object({ volume: z.string(), service: z.string(), mountPath: z.string(), sizeMb: z.number(), usedMb: z.number(), share: z.number(), state: z.string(), region: z.string().nullable() })
type Volume = z.infer<typeof Volume>

export const listVolumes = defineTool<RailwayClient>()({
  name: 'railway_list_volumes',
  title: 'Volumes and how full they are',
  useWhen: 'Use when a service cannot write, says "no space left on device" or loses files: its volumes, sizes, state and mount paths.',
  input: z.object({ limit: limitField(50, 200) }),
  output: z.object({ volumes: z.array(Volume) }),
  operations: sends('list_volumes'),
  async run({ limit }, { client }) {
    const [environment, { services }] = await Promise.all([client.environment(), client.names()])
    const { environment: answer } = await client.query('list_volumes', { e: environment.id }, Answer)
    const volumes = answer.volumeInstances.edges.map(({ node }): Volume => ({
      volume: node.volume.name, service: nameOf(services, node.serviceId), mountPath: node.mountPath, sizeMb: node.sizeMB, usedMb: node.currentSizeMB,
      share: node.sizeMB === 0 ? 0 : node.currentSizeMB / node.sizeMB, state: node.state ?? 'unknown', region: node.region ?? null,
    })).sort((a, b) => b.share - a.share)
    const shown = volumes.slice(0, limit)
    const signals = shown.flatMap(volumeSignals)
    return {
      structured: { volumes: shown },
      text: volumes.length === 0 ? `${environment.name} has no volumes: what services write to disk is gone with their next deployment.` : [`${volumes.length} volumes in ${environment.name}, the fullest first:`, ...shown.map(volumeText)].join('\n'),
      entities: distinctEntities(shown.flatMap(aboutVolume)),
      signals: signals.length > 0 ? signals : [makeSignal(volumes.length === 0 ? 'absence' : 'healthy', 0, volumes.length === 0 ? `${environment.name} has no volumes.` : `All ${volumes.length} volumes are ready and have room.`)],
      links: [await client.link('Volumes in Railway')],
      truncated: volumes.length > limit,
    }
  },
})

function volumeText(one: Volume): string {
  return `${one.volume} of ${one.service} at ${one.mountPath}: ${Math.round(one.usedMb)} of ${one.sizeMb} MB (${Math.round(one.share * 100)}%), ${one.state}${one.region === null ? '' : `, ${one.region}`}`
}

function aboutVolume(one: Volume): Entity[] {
  return [{ kind: 'volume', value: one.volume }, { kind: 'service', value: one.service }]
}

function volumeSignals(one: Volume): Signal[] {
  const about = aboutVolume(one)
  return [
    ...(one.share >= 0.8 ? [makeSignal('state', one.share >= 0.95 ? 3 : one.share >= 0.9 ? 2 : 1, `The volume ${one.volume} of ${one.service} (${one.mountPath}) is ${Math.round(one.share * 100)}% full: ${Math.round(one.usedMb)} of ${one.sizeMb} MB.`, { about })] : []),
    ...(one.state === 'READY' || one.state === 'unknown' ? [] : [makeSignal('state', one.state === 'ERROR' ? 3 : 2, `The volume ${one.volume} of ${one.service} is ${one.state}.`, { about })]),
  ]
}
