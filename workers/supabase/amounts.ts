const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Bytes with a unit a person reads: `7.3 GB`. */
export function byteSize(bytes: number): string {
  const step = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${Number((bytes / 1_000 ** step).toPrecision(3))} ${UNITS[step] ?? 'B'}`
}

/** A share of 1 in percent, without decimals. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}
