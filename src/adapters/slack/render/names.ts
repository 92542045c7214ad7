import type { WorkerName } from '../../../core/worker.ts'
import { workerNames } from '../../../core/worker.ts'

/** How the services are spelt where people read. */
export const serviceNames: Readonly<Record<WorkerName, string>> = {
  sentry: 'Sentry', supabase: 'Supabase', railway: 'Railway', kubernetes: 'Kubernetes', github: 'GitHub', docs: 'Docs',
}

/** The worker a delegation tool (`investigate_sentry`) sends, or undefined. */
export function delegatedWorker(tool: string): WorkerName | undefined {
  return workerNames.find((name) => tool === `investigate_${name}`)
}

/** The service a tool reads: `sentry_get_issue` and `investigate_sentry` are Sentry's. */
export function serviceOfTool(tool: string): string | undefined {
  const worker = workerNames.find((name) => tool === `investigate_${name}` || tool.startsWith(`${name}_`))
  return worker && serviceNames[worker]
}

/** The question a delegation asks: its first line, for the rest is context for the worker. */
export function questionOf(args: unknown): string {
  const question = typeof args === 'object' && args !== null && 'question' in args && typeof args.question === 'string' ? args.question : ''
  return question.trim().split('\n')[0] ?? ''
}

/** `1 call`, `2 calls`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Milliseconds as people say them: `0.4 s`, `41 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
