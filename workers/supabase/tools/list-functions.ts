import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { ago, utc } from '../../kit/plain-text.ts'
import type { SupabaseClient } from '../client.ts'
import { EdgeFunction, FunctionAnswer, functionOf } from '../edge-functions.ts'
import { operations } from '../operations.ts'

const RECENT_MILLISECONDS = 14 * 86_400_000

export const listFunctions = defineTool<SupabaseClient>()({
  name: 'supabase_list_functions',
  title: 'Edge functions',
  useWhen: 'Use when an edge function fails or may have changed: which exist, their versions, status, and when each was deployed last.',
  input: z.object({}),
  output: z.object({ functions: z.array(EdgeFunction) }),
  operations: [operations.functions],
  async run(_args, { client, clock }) {
    const functions = (await client.get('/functions', z.array(FunctionAnswer))).map(functionOf).sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))
    const now = clock.now()
    return {
      structured: { functions },
      text: functions.length === 0 ? 'The project has no edge functions.' : [`${functions.length} edge functions, the last deployed first:`, ...functions.map((one) => `${one.function} version ${one.version} ${one.status}, deployed ${utc(one.updatedAt)} (${ago(one.updatedAt, now)} ago), ${one.verifyJwt ? 'requires a JWT' : 'open to anyone'}`)].join('\n'),
      entities: distinctEntities(functions.map((one) => ({ kind: 'function' as const, value: one.function, at: one.updatedAt }))),
      signals: functions.length === 0 ? [makeSignal('absence', 0, 'The project has no edge functions.')] : functions.map((one) => {
        const about = [{ kind: 'function' as const, value: one.function, at: one.updatedAt }]
        if (one.status !== 'ACTIVE') return makeSignal('state', 3, `Edge function ${one.function} is ${one.status}.`, { about, at: one.updatedAt })
        return makeSignal('change', now.getTime() - new Date(one.updatedAt).getTime() < RECENT_MILLISECONDS ? 1 : 0, `Edge function ${one.function} was deployed as version ${one.version} at ${utc(one.updatedAt)}.`, { about, at: one.updatedAt })
      }),
      links: [client.link('Edge functions in Supabase', 'functions')],
    }
  },
})
