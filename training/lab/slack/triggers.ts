export interface Triggers {
  /** A trigger id that lets this app open a view for this user, within 3 s and once. */
  issue(user: string, appId: string): string
  /** The user a trigger belongs to, or Slack's error code for why it cannot be used. */
  exchange(
    trigger: string,
    appId: string,
  ):
    { readonly user: string } | { readonly error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' }
}

/** The short-lived permissions to open a modal that interactions carry. */
export function createTriggers(lifeMs: number): Triggers {
  const issued = new Map<string, { user: string; appId: string; until: number; used: boolean }>()
  return {
    issue: (user, appId) => {
      const id = `${Date.now()}.${crypto.randomUUID()}`
      issued.set(id, { user, appId, until: performance.now() + lifeMs, used: false })
      return id
    },
    exchange: (trigger, appId) => {
      const found = issued.get(trigger)
      if (!found || found.appId !== appId) return { error: 'invalid_trigger_id' }
      if (found.used) return { error: 'exchanged_trigger_id' }
      if (found.until < performance.now()) return { error: 'expired_trigger_id' }
      found.used = true
      return { user: found.user }
    },
  }
}
