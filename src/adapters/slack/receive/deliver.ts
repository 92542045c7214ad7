import type { App, ReceiverEvent } from '@slack/bolt'

/** One thing Slack sent, parsed. */
export interface Delivery {
  readonly body: Record<string, unknown>
  readonly retryNum?: number | undefined
  readonly retryReason?: string | undefined
}

/**
 * Hands a delivery to Bolt and resolves with what to acknowledge it with. An event is acknowledged only when its listeners
 * are done (they store it and leave), so what could not be stored rejects, stays unacknowledged and is sent again.
 * An interaction is acknowledged as soon as its listener says so, for a person is waiting.
 */
export async function deliver(app: App, { body, retryNum, retryReason }: Delivery): Promise<unknown> {
  const isEvent = body['type'] === 'event_callback'
  const { promise: said, resolve } = Promise.withResolvers<unknown>()
  const event: ReceiverEvent = {
    body,
    ...(retryNum !== undefined && { retryNum }),
    ...(retryReason !== undefined && { retryReason }),
    ack: async (answer: unknown) => {
      if (!isEvent) resolve(answer)
    },
  }
  const done = app.processEvent(event).then(() => undefined)
  return isEvent ? await done : await Promise.race([said, done])
}
