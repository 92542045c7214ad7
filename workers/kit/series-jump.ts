/** One measured value; `at` is ISO 8601. */
export interface Sample {
  readonly at: string
  readonly value: number
}

/** Where a series changed most: the means before and after `at`. */
export interface Jump {
  readonly at: string
  readonly before: number
  readonly after: number
}

const LEAST_SAMPLES = 4

/**
 * The point at which the mean of a series rises most, if it rises by `factor` or more and by `least` in the series' unit.
 * A series shorter than four samples says nothing.
 */
export function findRise(samples: readonly Sample[], { factor = 2, least = 0 }: { factor?: number; least?: number } = {}): Jump | undefined {
  if (samples.length < LEAST_SAMPLES) return undefined
  let best: (Jump & { gain: number }) | undefined
  const total = samples.reduce((sum, sample) => sum + sample.value, 0)
  let sum = 0
  for (const [index, sample] of samples.entries()) {
    if (index > 0) {
      const before = sum / index
      const after = (total - sum) / (samples.length - index)
      const gain = (after - before) ** 2 * index * (samples.length - index)
      if (after > before && gain > (best?.gain ?? 0)) best = { at: sample.at, before, after, gain }
    }
    sum += sample.value
  }
  if (best === undefined || best.after - best.before < least || best.after < best.before * factor) return undefined
  return { at: best.at, before: best.before, after: best.after }
}

/**
 * Counts with the empty steps between them filled in as zeros, from the window's start to its end, so that a rise from
 * nothing can be seen. Samples are summed into steps counted from the window's start.
 */
export function withZeros(samples: readonly Sample[], window: { readonly start: Date; readonly end: Date }, stepSeconds: number): Sample[] {
  const [start, step] = [window.start.getTime(), stepSeconds * 1_000]
  const sums = Array.from({ length: Math.max(1, Math.ceil((window.end.getTime() - start) / step)) }, () => 0)
  for (const { at, value } of samples) {
    const index = Math.min(sums.length - 1, Math.max(0, Math.floor((new Date(at).getTime() - start) / step)))
    sums[index] = (sums[index] ?? 0) + value
  }
  return sums.map((value, index) => ({ at: new Date(start + index * step).toISOString().replace('.000Z', 'Z'), value }))
}
