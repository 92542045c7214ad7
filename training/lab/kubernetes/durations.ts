const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

function two(value: number, big: [number, string], small: [number, string]): string {
  const [whole, rest] = [Math.floor(value / big[0]), Math.floor((value % big[0]) / small[0])]
  return rest === 0 ? `${whole}${big[1]}` : `${whole}${big[1]}${rest}${small[1]}`
}

/** A span as kubectl's tables show it: two units while the span is short (3m20s), one as it grows (5d). */
export function shortDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return two(seconds, [minute, 'm'], [1, 's'])
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < 8 * hour) return two(seconds, [hour, 'h'], [minute, 'm'])
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`
  if (seconds < 8 * day) return two(seconds, [day, 'd'], [hour, 'h'])
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`
  return seconds < 8 * year ? two(seconds, [year, 'y'], [day, 'd']) : `${Math.floor(seconds / year)}y`
}

/** How long ago `time` (ISO 8601) was at `now`; `<unknown>` when there is no time. */
export function ageOf(time: string, now: Date): string {
  return time === '' ? '<unknown>' : shortDuration(now.getTime() - Date.parse(time))
}
