/** How often one method may be called: a tier's calls a minute, once a second per channel, or hardly limited. */
export type Tier = 'tier1' | 'tier2' | 'tier3' | 'tier4' | 'per-channel' | 'special'

export interface RateLimits {
  /** Takes one call's worth; answers 0 when allowed, else the whole seconds to wait (the Retry-After of a 429). */
  take(key: { readonly app: string; readonly method: string; readonly tier: Tier; readonly channel?: string }): number
}

interface Bucket {
  tokens: number
  at: number
}

/** Burst and refill per second of each tier; Slack promises the minute's number and tolerates short bursts. */
const allowances: Record<Tier, { burst: number; perSecond: number }> = {
  tier1: { burst: 10, perSecond: 1 / 60 },
  tier2: { burst: 20, perSecond: 20 / 60 },
  tier3: { burst: 50, perSecond: 50 / 60 },
  tier4: { burst: 100, perSecond: 100 / 60 },
  'per-channel': { burst: 6, perSecond: 1 },
  special: { burst: 600, perSecond: 10 },
}

/**
 * Token buckets per app and method (and channel, for posting). `scale` multiplies every burst and refill: below 1 a test
 * meets limits sooner, Infinity switches them off. `monotonicMs` is real time, not the world's.
 */
export function createRateLimits({
  scale = 1,
  monotonicMs = () => performance.now(),
}: { scale?: number; monotonicMs?: () => number } = {}): RateLimits {
  const buckets = new Map<string, Bucket>()
  return {
    take: ({ app, method, tier, channel }) => {
      if (scale === Number.POSITIVE_INFINITY) return 0
      const burst = Math.max(1, allowances[tier].burst * scale)
      const perSecond = allowances[tier].perSecond * scale
      const key = tier === 'per-channel' ? `${app} ${method} ${channel ?? ''}` : `${app} ${method}`
      const now = monotonicMs()
      const bucket = buckets.get(key) ?? { tokens: burst, at: now }
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
      bucket.at = now
      buckets.set(key, bucket)
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))
      bucket.tokens -= 1
      return 0
    },
  }
}
