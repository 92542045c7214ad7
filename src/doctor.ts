import { loadWorkers } from './bind-workers.ts'
import { readConfig } from './config.ts'
import { readPrompts } from './adapters/prompts/read-prompts.ts'
import { createCast } from './create-cast.ts'
import { ConfigurationError } from './core/errors.ts'
import { systemClock } from './core/time.ts'
import type { Tool } from './core/tool.ts'
import { workerNames } from './core/worker.ts'
import { siteOf } from './estate.ts'

/** What one part of the bot needs and has. */
export interface Finding {
  readonly part: string
  readonly state: 'ok' | 'not_configured' | 'failed'
  readonly detail: string
}

export interface Examination {
  /** Nothing that is configured fails. */
  readonly ready: boolean
  readonly findings: readonly Finding[]
}

/** What to set for each worker; the smallest credential that does. */
const needs: Readonly<Record<(typeof workerNames)[number], string>> = {
  sentry: 'Set SENTRY_AUTH_TOKEN (scopes org:read, project:read, event:read, alerts:read) and SENTRY_ORG.',
  supabase: 'Set SUPABASE_ACCESS_TOKEN (a personal token that can read the project, its analytics and its database) and SUPABASE_PROJECT_REF.',
  railway: 'Set RAILWAY_TOKEN (a project token reads one environment, the smallest there is) and RAILWAY_PROJECT_ID.',
  kubernetes: 'Set KUBERNETES_SERVER and KUBERNETES_TOKEN of the ServiceAccount in deploy/kubernetes/read-only.yaml, or KUBERNETES_KUBECONFIG.',
  github: 'Set GITHUB_TOKEN (fine-grained, read-only: contents, pull requests, actions, deployments) and GITHUB_REPOSITORIES.',
  docs: 'Set DOCS_DIR to a folder of Markdown: runbooks, post-mortems, the service catalogue.',
}

/** Examines the configuration and asks every configured service one small question. Never throws for what is wrong with it. */
export async function examine(environment: Readonly<Record<string, string | undefined>>, promptsDirectory: string): Promise<Examination> {
  const findings: Finding[] = []
  try {
    const config = readConfig(environment)
    findings.push(
      config.slack ? { part: 'slack', state: 'ok', detail: 'Tokens are set; `foreman start` checks them against Slack.' } : { part: 'slack', state: 'not_configured', detail: 'Create the app from deploy/slack/manifest.json, then set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.' },
      await modelFinding(config.policy, () => createCast({ prompts: readPrompts(promptsDirectory), models: config.models, policy: config.policy })('orchestrator').policy.name),
      { part: 'store', state: 'ok', detail: config.databaseUrl === undefined ? `Embedded Postgres in ${config.home}: one process, safe against crashes, not against power loss. DATABASE_URL makes it a server's.` : 'Postgres at DATABASE_URL.' },
      { part: 'queue', state: 'ok', detail: config.redisUrl === undefined ? 'BullMQ on the store\'s Postgres.' : 'BullMQ on Redis.' },
      ...await workerFindings(config),
    )
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    findings.push(...error.problems.map((problem): Finding => ({ part: 'configuration', state: 'failed', detail: problem })))
  }
  return { ready: findings.every(({ state }) => state !== 'failed'), findings }
}

async function modelFinding(policy: string | undefined, name: () => string): Promise<Finding> {
  try {
    return { part: 'model', state: 'ok', detail: policy === undefined ? `${name()}: no language model is configured. OPENAI_API_KEY and OPENAI_MODEL, or FOREMAN_POLICY=chat:<base URL>#<model>, set one.` : name() }
  } catch (error) {
    return { part: 'model', state: 'failed', detail: error instanceof Error ? error.message : String(error) }
  }
}

async function workerFindings(config: ReturnType<typeof readConfig>): Promise<Finding[]> {
  const { connections } = config
  await loadWorkers(connections)
  const { workers } = await siteOf({ connections, fetch, clock: systemClock }, config.secrets, { error: () => {} }, new Date())
  return await Promise.all(workerNames.map(async (name): Promise<Finding> => {
    const worker = workers.find((candidate) => candidate.name === name)
    if (!worker) return { part: name, state: 'not_configured', detail: needs[name] }
    const outcome = await firstAnswer(worker.tools)
    if (outcome === undefined) return { part: name, state: 'ok', detail: `${worker.tools.length} tools.` }
    return { part: name, state: 'failed', detail: `${outcome} ${needs[name]}` }
  }))
}

/** Asks the first tool that needs no arguments; its failure in our words, or undefined when it answered. */
async function firstAnswer(tools: readonly Tool[]): Promise<string | undefined> {
  for (const tool of tools) {
    const outcome = await tool.invoke({}, { callId: 'doctor', signal: AbortSignal.timeout(15_000) })
    if (outcome.ok) return undefined
    if (outcome.failure.kind !== 'invalid_input') return outcome.failure.message
  }
  return undefined
}

/** The examination as lines for a person. */
export function examinationText({ ready, findings }: Examination): string {
  const marks = { ok: '✓', not_configured: '–', failed: '✗' } as const
  return [...findings.map(({ part, state, detail }) => `${marks[state]} ${part.padEnd(13)} ${detail}`), '', ready ? 'Nothing that is configured fails.' : 'Mend what is marked ✗, then run this again.'].join('\n')
}
