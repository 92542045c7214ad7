import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Emit } from '../../core/event.ts'

export interface Metrics {
  /** Counts what agents do. */
  readonly listen: Emit
  /** What was admitted, and what became of it. */
  admitted(source: string, outcome: string): void
  /** Milliseconds until a webhook was answered. */
  acknowledged(source: string, ms: number): void
  queueDepth(state: string, jobs: number): void
  /** The metrics in Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

/** A registry of its own, so that tests and a second bot in one process do not share counters. */
export function createMetrics(): Metrics {
  const registers = [new Registry()]
  const registry = registers[0] ?? new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'foreman_' })
  const runs = new Counter({ name: 'foreman_agent_runs_total', help: 'Agent runs that ended, by agent and reason.', labelNames: ['agent', 'reason'], registers })
  const seconds = new Histogram({ name: 'foreman_agent_run_seconds', help: 'How long agent runs took.', labelNames: ['agent'], buckets: [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600], registers })
  const calls = new Counter({ name: 'foreman_tool_calls_total', help: 'Tool calls, by tool and outcome.', labelNames: ['tool', 'outcome'], registers })
  const tokens = new Counter({ name: 'foreman_model_tokens_total', help: 'Model tokens, by agent and direction.', labelNames: ['agent', 'direction'], registers })
  const dollars = new Counter({ name: 'foreman_model_usd_total', help: 'Dollars spent on models.', labelNames: ['agent'], registers })
  const admissions = new Counter({ name: 'foreman_admissions_total', help: 'Alerts and questions that came in.', labelNames: ['source', 'outcome'], registers })
  const acks = new Histogram({ name: 'foreman_ack_seconds', help: 'Time until a webhook was answered.', labelNames: ['source'], buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 3], registers })
  const depth = new Gauge({ name: 'foreman_queue_jobs', help: 'Jobs in the queue.', labelNames: ['state'], registers })

  const listen: Emit = (event) => {
    if (event.type === 'run_ended') {
      runs.inc({ agent: event.agent, reason: event.reason })
      seconds.observe({ agent: event.agent }, event.ms / 1000)
    } else if (event.type === 'call_ended' && !event.replayed) {
      calls.inc({ tool: event.call.tool, outcome: event.call.failure?.kind ?? 'ok' })
    } else if (event.type === 'turn_ended' && !event.replayed) {
      tokens.inc({ agent: event.agent, direction: 'in' }, event.usage.inputTokens)
      tokens.inc({ agent: event.agent, direction: 'out' }, event.usage.outputTokens)
      dollars.inc({ agent: event.agent }, event.usage.usd)
    }
  }
  return {
    listen,
    admitted: (source, outcome) => admissions.inc({ source, outcome }),
    acknowledged: (source, ms) => acks.observe({ source }, ms / 1000),
    queueDepth: (state, jobs) => depth.set({ state }, jobs),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
