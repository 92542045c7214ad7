/** Samples of Prometheus' text format by metric name, added up over their labels where there are several. Source: Prometheus' documentation of exposition formats. */
export function readMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Za-z_:][\w:]*)(?:\{.*\})?\s+(\S+)/.exec(line) ?? []
    const number = Number(value)
    if (name !== undefined && Number.isFinite(number)) samples.set(name, (samples.get(name) ?? 0) + number)
  }
  return samples
}
