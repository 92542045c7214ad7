import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { VariableFact, variableFact } from '../variable-facts.ts'

const Answer = z.object({ variables: z.record(z.string(), z.string().nullish()) })

export const variableNames = defineTool<RailwayClient>()({
  name: 'railway_variable_names',
  title: 'Names of a service’s variables',
  useWhen: 'Use when a missing, empty, expired or misdirected variable may be the cause: names, hashes to compare, what they refer to; never values.',
  input: z.object({ service: serviceField }),
  output: z.object({ service: z.string(), variables: z.array(VariableFact) }),
  operations: sends('variables'),
  async run({ service: name }, { client, clock }) {
    const [service, environment, names] = await Promise.all([client.service(name), client.environment(), client.names()])
    const { variables } = await client.query('variables', { p: client.projectId, e: environment.id, s: service.id }, Answer)
    const facts = Object.entries(variables).filter(([key]) => !key.startsWith('RAILWAY_')).map(([key, value]) => variableFact(key, value ?? '', clock.now())).sort((a, b) => a.name.localeCompare(b.name))
    const signals = facts.flatMap((fact) => factSignals(fact, service.name, names.services.map((known) => known.name)))
    return {
      structured: { service: service.name, variables: facts },
      text: [`${facts.length} variables of ${service.name} in ${environment.name} (hashes, never values):`, ...facts.map(factText)].join('\n'),
      entities: distinctEntities([
        { kind: 'service', value: service.name },
        ...facts.map((fact) => ({ kind: 'variable' as const, value: fact.name })),
        ...facts.flatMap((fact) => fact.privateHosts.map((host) => ({ kind: 'host' as const, value: `${host}.railway.internal` }))),
      ]),
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `All ${facts.length} variables of ${service.name} have a value, and what they refer to exists.`, { about: [{ kind: 'service', value: service.name }] })],
      links: [await client.link(`Variables of ${service.name}`, { service: service.id, tab: 'variables' })],
    }
  },
})

function factText(fact: VariableFact): string {
  const refers = [...fact.references.map((reference) => `refers to ${reference}`), ...fact.privateHosts.map((host) => `points at ${host}.railway.internal`)]
  return `${fact.name} #${fact.hash} ${fact.length} characters${refers.length === 0 ? '' : `, ${refers.join(', ')}`}${fact.problem === null ? '' : `  PROBLEM: it ${fact.problem}`}`
}

/** A reference names a service or `shared`; without a dot it is one of the service's own variables. */
function factSignals(fact: VariableFact, service: string, services: readonly string[]): Signal[] {
  const about = [{ kind: 'variable' as const, value: fact.name }, { kind: 'service' as const, value: service }]
  const known = new Set(services.map((name) => name.toLowerCase()))
  const unknownOwners = fact.references.flatMap((reference) => (reference.includes('.') ? [reference.split('.')[0] ?? ''] : [])).filter((owner) => owner !== 'shared' && !known.has(owner.toLowerCase()))
  const unknownHosts = fact.privateHosts.filter((host) => !known.has(host) && ![...known].some((name) => name.replaceAll(/[^a-z0-9]+/g, '-') === host))
  return [
    ...(fact.problem === null ? [] : [makeSignal('state', fact.problem.includes('JWT') ? 3 : 2, `${service}: the variable ${fact.name} ${fact.problem}.`, { about })]),
    ...unknownOwners.map((owner) => makeSignal('absence', 3, `${service}: ${fact.name} refers to the service "${owner}", which this project does not have.`, { about: [...about, { kind: 'identifier', value: owner }] })),
    ...unknownHosts.map((host) => makeSignal('absence', 2, `${service}: ${fact.name} points at ${host}.railway.internal, and no service of this project is called ${host}.`, { about: [...about, { kind: 'host', value: `${host}.railway.internal` }] })),
  ]
}
