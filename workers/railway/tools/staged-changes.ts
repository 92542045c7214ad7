import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import type { Names } from '../names.ts'
import { nameOf } from '../names.ts'
import { plainFields } from '../plain-fields.ts'
import type { PlainField } from '../plain-fields.ts'

const Answer = z.object({ environmentStagedChanges: z.object({ status: z.string(), message: z.string().nullish(), updatedAt: z.string(), lastAppliedError: z.string().nullish(), patch: z.unknown() }).nullish() })
const Change = z.object({ service: z.string().nullable(), setting: z.string(), value: z.string().describe('set or removed for variables') })
type Change = z.infer<typeof Change>

export const stagedChanges = defineTool<RailwayClient>()({
  name: 'railway_staged_changes',
  title: 'Changes that wait to be deployed',
  useWhen: 'Use when somebody says a setting was changed but it shows no effect, or an apply failed: staged changes of the environment, variables by name only.',
  input: z.object({ limit: limitField(60, 200) }),
  output: z.object({ status: z.string().nullable(), updatedAt: z.string().nullable(), error: z.string().nullable(), changes: z.array(Change) }),
  operations: sends('staged_changes'),
  async run({ limit }, { client }) {
    const [environment, names] = await Promise.all([client.environment(), client.names()])
    const { environmentStagedChanges: staged } = await client.query('staged_changes', { e: environment.id }, Answer)
    const all = plainFields(staged?.patch ?? {}, limit + 1).map((field) => changeOf(field, names))
    const changes = all.slice(0, limit)
    const error = staged?.lastAppliedError ?? null
    const waits = changes.length > 0 && staged?.status !== 'COMMITTED'
    const what = changes.slice(0, 6).map(changeText).join('; ')
    const about = distinctEntities(changes.flatMap(aboutChange)).slice(0, 20)
    const none = `Nothing is staged in ${environment.name}.`
    return {
      structured: { status: staged?.status ?? null, updatedAt: waits ? (staged?.updatedAt ?? null) : null, error, changes },
      text: [
        waits ? `${changes.length} staged changes in ${environment.name} (${staged?.status ?? ''}, last changed ${utc(staged?.updatedAt ?? '')}), without effect until deployed:` : none,
        ...(error === null ? [] : [`The last apply failed: ${error}`]), ...(waits ? changes.map((change) => `  ${changeText(change)}`) : []),
      ].join('\n'),
      entities: about,
      signals: [
        ...(error === null ? [] : [makeSignal('error', 2, `Applying staged changes to ${environment.name} failed: ${error}`, { about })]),
        waits ? makeSignal('state', 1, `Changes are staged in ${environment.name} and not deployed: ${what}.`, { about, at: staged?.updatedAt }) : makeSignal('healthy', 0, none),
      ],
      links: [await client.link(`${environment.name} in Railway`)],
      truncated: all.length > limit,
    }
  },
})

function changeOf({ path, value }: PlainField, { services }: Names): Change {
  const [first, id, ...rest] = path
  const ofService = first === 'services' && id !== undefined && rest.length > 0
  return { service: ofService ? nameOf(services, id) : null, setting: (ofService ? rest : path).join('.'), value: clip(value, 200) }
}

function changeText({ service, setting, value }: Change): string {
  return `${service === null ? '' : `${service}: `}${setting} = ${value}`
}

function aboutChange({ service, setting }: Change): Entity[] {
  const variable = /(?:^|\.)(?:variables|sharedVariables)\.([^.]+)$/i.exec(setting)?.[1]
  return [...(service === null ? [] : [{ kind: 'service' as const, value: service }]), ...(variable === undefined ? [] : [{ kind: 'variable' as const, value: variable }])]
}
