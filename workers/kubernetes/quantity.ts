const MEMORY_UNITS: Readonly<Record<string, number>> = {
  '': 1, K: 1e3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, m: 1e-3,
}
const ALL_UNITS: Readonly<Record<string, number>> = { ...MEMORY_UNITS, P: 1e15, E: 1e18, Pi: 2 ** 50, Ei: 2 ** 60, u: 1e-6, n: 1e-9 }
const CPU_UNITS: Readonly<Record<string, number>> = { '': 1_000, m: 1, u: 1e-3, n: 1e-6, k: 1e6 }

/** A Kubernetes memory quantity (`256Mi`, `1G`, `1048576`) in MiB; undefined when it is none. */
export function memoryMebibytes(quantity: string | undefined): number | undefined {
  const bytes = scaled(quantity, MEMORY_UNITS)
  return bytes === undefined ? undefined : bytes / 2 ** 20
}

/** A Kubernetes CPU quantity (`250m`, `2`, `13000000n`) in millicores; undefined when it is none. */
export function cpuMillicores(quantity: string | undefined): number | undefined {
  return scaled(quantity, CPU_UNITS)
}

/** Any Kubernetes quantity (`250m`, `10Gi`, `3`) as a plain number; undefined when it is none. */
export function quantity(text: string | undefined): number | undefined {
  return scaled(text, ALL_UNITS)
}

function scaled(quantity: string | undefined, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity ?? '') ?? []
  const factor = units[unit]
  return number === undefined || factor === undefined ? undefined : Number(number) * factor
}
