const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 }

/** The seconds of a span such as `2d`, `1h30m` or `45s`; throws on anything else. */
export function seconds(span: string): number {
  const parts = [...span.matchAll(/(\d+)([dhms])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== span) {
    throw new Error(`not a span of time: "${span}" (write it like 2d, 1h30m or 45s)`)
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (SECONDS[unit ?? 's'] ?? 1), 0)
}

/** The instant `span` after `time`, as ISO 8601 in UTC with milliseconds. */
export function after(time: string, span: string): string {
  return new Date(Date.parse(time) + seconds(span) * 1000).toISOString()
}

/** The instant `span` before `time`, as ISO 8601 in UTC with milliseconds. */
export function before(time: string, span: string): string {
  return new Date(Date.parse(time) - seconds(span) * 1000).toISOString()
}

/** `time` without its milliseconds, as Kubernetes and GitHub write it. */
export function wholeSecond(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

/** Instants from `from` (included) to `to` (excluded), `every` apart, each moved by up to `jitter` of that distance. */
export function ticks(from: string, to: string, every: string, jitter: () => number = () => 0): string[] {
  const step = seconds(every) * 1000
  const end = Date.parse(to)
  const times: string[] = []
  for (let at = Date.parse(from); at < end; at += step) {
    const moved = Math.round(at + jitter() * step)
    if (moved < end) times.push(new Date(moved).toISOString())
  }
  return times
}
