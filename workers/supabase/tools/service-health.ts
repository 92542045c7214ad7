import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

const services = ['auth', 'db', 'db_postgres_user', 'pooler', 'realtime', 'rest', 'storage', 'pg_bouncer'] as const
const Health = z.array(z.object({ name: z.string(), status: z.string().nullish(), healthy: z.boolean().nullish(), error: z.string().nullish() }))

export const serviceHealth = defineTool<SupabaseClient>()({
  name: 'supabase_service_health',
  title: 'Health of the project’s services',
  useWhen: 'Use when you want to know whether the database, auth, storage, realtime or the pooler is down.',
  input: z.object({}),
  output: z.object({ services: z.array(z.object({ name: z.string(), status: z.string(), error: z.string().nullable() })) }),
  operations: [operations.health],
  async run(_args, { client }) {
    const health = (await client.get('/health', Health, { services })).map(({ name, status, healthy, error }) => ({
      name, status: status ?? (healthy === true ? 'ACTIVE_HEALTHY' : 'UNHEALTHY'), error: error ?? null,
    }))
    const bad = health.filter((service) => service.status !== 'ACTIVE_HEALTHY')
    return {
      structured: { services: health },
      text: [...bad, ...health.filter((service) => !bad.includes(service))].map((service) => `${service.name}: ${service.status}${service.error === null ? '' : ` (${service.error})`}`).join('\n') || 'Supabase named no service.',
      entities: health.map((service) => ({ kind: 'service', value: service.name })),
      signals: bad.length > 0
        ? bad.map((service) => makeSignal('state', service.status === 'COMING_UP' ? 2 : 3, `Supabase ${service.name} is ${service.status}${service.error === null ? '' : `: ${service.error}`}.`, { about: [{ kind: 'service', value: service.name }] }))
        : [makeSignal('healthy', 0, `All ${health.length} services of the Supabase project are healthy.`)],
      links: [client.link('Project in Supabase', '')],
    }
  },
})
