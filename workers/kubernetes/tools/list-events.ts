import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { eventEntities, eventSignals, eventText, FoldedEvent, foldEvents } from '../events.ts'
import { operations } from '../operations.ts'

export const listEvents = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_events',
  title: 'List events',
  useWhen: 'Use when you need what the cluster did or refused in the window: scheduling, probes, pulls, kills, scaling; warnings first.',
  input: z.object({
    namespace: namespaceField,
    object: z.string().max(253).optional().describe('part of an object’s name'),
    ...windowFields, limit: limitField(500, 2_000), cursor: cursorField,
  }),
  output: z.object({ events: z.array(FoldedEvent) }),
  operations: [...operations.events],
  async run({ namespace, object, limit, cursor, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 180, maxMinutes: 7 * 24 * 60 })
    const scope = client.scopes.list(namespace)
    const page = await client.events({ scope, limit, cursor })
    const events = foldEvents(page.items.filter((event) => object === undefined || (event.involvedObject.name ?? '').includes(object)), window)
    const warnings = events.filter((event) => event.type === 'Warning')
    const head = `Events in ${scope.text}${object === undefined ? '' : ` about ${object}`}, ${utc(window.start)} to ${utc(window.end)}`
    return {
      structured: { events },
      text: events.length === 0 ? `${head}: none. A cluster usually keeps events for one hour.` : `${head}, ${warnings.length} kinds of warnings first:\n${events.map(eventText).join('\n')}`,
      entities: distinctEntities(events.flatMap(eventEntities)),
      signals: [...eventSignals(events), ...(warnings.length > 0 ? [] : [makeSignal('healthy', 0, `${head}: no warnings.`)])],
      truncated: page.truncated,
      cursor: page.cursor,
    }
  },
})
