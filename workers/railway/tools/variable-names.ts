import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { isCredentialName, VariableFact, variableFact } from '../variable-facts.ts'

const Answer = z.object({ variables: z.record(z.string(), z.string().nullish()) })

export const variableNames = defineTool<RailwayClient>()({
  name: 'railway_variable_names',
  title: 'Variables of a service',
  useWhen: 'Use when a missing, empty, expired or misdirected variable may be the cause: names, hashes to compare, hosts and services they point at, plain settings such as numbers and switches; no other values.',
  input: z.object({ service: serviceField }),
  output: z.object({ service: z.string(), variables: z.array(VariableFact) }),
  operations: sends('variables'),
  async run({ service: name }, { client, clock }) {
    const [service, environment, names] = await Promise.all([client.service(name), client.environment(), client.names()])
    const { variables } = await client.query('variables', { p: client.projectId, e: environment.id, s: service.id }, Answer)
    const facts = Object.entries(variables).filter(([key]) => !key.startsWith('RAILWAY_')).map(([key, value]) => variableFact(key, value ?? '', clock.now())).sort((a, b) => a.name.localeCompare(b.name))
    const signals = facts.flatMap((fact) => factSignals(fact, service.name, names.services.map((known) => known.name)))
    const fine = makeSignal('healthy', 0, `All ${facts.length} variables of ${service.name} have a value, and what they refer to exists.`, { about: [{ kind: 'service', value: service.name }] })
    return {
      structured: { service: service.name, variables: facts },
      text: [`${facts.length} variables of ${service.name} in ${environment.name} (hashes in place of values that may be secret):`, ...facts.map(factText)].join('\n'),
      entities: distinctEntities([
        { kind: 'service', value: service.name },
        ...facts.flatMap(aboutFact),
      ]),
      signals: [...(signals.length > 0 ? signals : [fine]), ...factLines(facts, service.name)],
      links: [await client.link(`Variables of ${service.name}`, { service: service.id, tab: 'variables' })],
    }
  },
})

function addresses({ hosts, privateHosts }: VariableFact): string[] {
  return [...hosts, ...privateHosts.map((host) => `${host}.railway.internal`).filter((host) => !hosts.some((known) => known.startsWith(host)))]
}

function aboutFact(fact: VariableFact): Entity[] {
  return [{ kind: 'variable', value: fact.name, ...(fact.plain === null ? {} : { label: fact.plain }) }, ...addresses(fact).map((value): Entity => ({ kind: 'host', value }))]
}

function factText(fact: VariableFact): string {
  const refers = [...fact.references.map((reference) => `refers to ${reference}`), ...addresses(fact).map((host) => `points at ${host}`)]
  return `${fact.name}${fact.plain === null ? '' : ` = ${fact.plain}`} #${fact.hash} ${fact.length} characters${refers.length === 0 ? '' : `, ${refers.join(', ')}`}${fact.problem === null ? '' : `  PROBLEM: it ${fact.problem}`}`
}

const MOST_LINES = 16

/** What each variable is for, as context: where it points, what it is set to, or that it is a credential. */
function factLines(facts: readonly VariableFact[], service: string): Signal[] {
  return facts.flatMap((fact): Signal[] => {
    const about: Entity[] = [...aboutFact(fact), { kind: 'service', value: service }]
    const said = [
      ...(fact.plain === null ? [] : [`is ${fact.plain}`]), ...(addresses(fact).length === 0 ? [] : [`points at ${addresses(fact).join(', ')}`]),
      ...(fact.references.length === 0 ? [] : [`is made from ${fact.references.join(', ')}`]), ...(isCredentialName(fact.name) ? ['is a credential'] : []),
    ]
    return said.length === 0 || fact.problem !== null ? [] : [makeSignal('state', 0, `${fact.name} of ${service} ${said.join(' and ')}.`, { about, says: fact.plain ?? '' })]
  }).slice(0, MOST_LINES)
}

/** A reference names a service or `shared`; without a dot it is one of the service's own variables. */
function factSignals(fact: VariableFact, service: string, services: readonly string[]): Signal[] {
  const about = [{ kind: 'variable' as const, value: fact.name }, { kind: 'service' as const, value: service }]
  const known = new Set(services.map((name) => name.toLowerCase()))
  const unknownOwners = fact.references.flatMap((reference) => (reference.includes('.') ? [reference.split('.')[0] ?? ''] : [])).filter((owner) => owner !== 'shared' && !known.has(owner.toLowerCase()))
  const unknownHosts = fact.privateHosts.filter((host) => !known.has(host) && ![...known].some((name) => name.replaceAll(/[^a-z0-9]+/g, '-') === host))
  return [
    ...(fact.problem === null ? [] : [makeSignal('state', fact.problem.includes('JWT') ? 3 : 2, `${fact.name} of ${service} ${fact.problem}.`, { about })]),
    ...unknownOwners.map((owner) => makeSignal('absence', 3, `${fact.name} of ${service} refers to the service "${owner}", which this project does not have.`, { about: [...about, { kind: 'identifier', value: owner }] })),
    ...unknownHosts.map((host) => makeSignal('absence', 2, `${fact.name} of ${service} points at ${host}.railway.internal, and no service of this project is called ${host}.`, { about: [...about, { kind: 'host', value: `${host}.railway.internal` }] })),
  ]
}
