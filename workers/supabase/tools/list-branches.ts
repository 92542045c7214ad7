import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { levelOf } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, lastLines, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { readIfAllowed } from '../read-if-allowed.ts'

const Branches = z.array(z.object({ id: z.string(), name: z.string(), is_default: z.boolean(), git_branch: z.string().nullish(), status: z.string(), created_at: z.string(), updated_at: z.string() }))
const Runs = z.array(z.object({ id: z.string(), branch_id: z.string(), created_at: z.string(), run_steps: z.array(z.object({ name: z.string(), status: z.string() })) }))
const Branch = z.object({ branch: z.string(), gitBranch: z.string().nullable(), isDefault: z.boolean(), status: z.string(), createdAt: z.string(), updatedAt: z.string() })
type Branch = z.infer<typeof Branch>
const Run = z.object({ run: z.string(), branch: z.string(), at: z.string(), failedStep: z.string().nullable(), steps: z.array(z.string()), log: z.string().nullable().describe('end of the log, of failed runs') })
type Run = z.infer<typeof Run>

/** Logs of more runs than this are not read: the newest failure is what counts. */
const MOST_LOGS = 2
const LOG_TAIL = 3_000

export const listBranches = defineTool<SupabaseClient>()({
  name: 'supabase_list_branches',
  title: 'Branches of the database and their runs',
  useWhen: 'Use when a preview branch or a merge of one fails: branches, their status, the latest runs with the failed step and the end of its log.',
  input: z.object({ limit: limitField(10, 50) }),
  output: z.object({ branches: z.array(Branch), runs: z.array(Run) }),
  operations: [operations.branches, operations.branchRuns, operations.branchRunLog],
  async run({ limit }, { client, clock }) {
    const [listed, ran] = await Promise.all([client.get('/branches', Branches), readIfAllowed(client.get('/actions', Runs, { limit: String(limit) }))])
    const branches = listed.map((branch): Branch => ({ branch: branch.name, gitBranch: branch.git_branch ?? null, isDefault: branch.is_default, status: branch.status, createdAt: branch.created_at, updatedAt: branch.updated_at }))
    const failed = (ran ?? []).filter(({ run_steps: steps }) => steps.some(({ status }) => status === 'DEAD')).slice(0, MOST_LOGS).map(({ id }) => id)
    const runs = await Promise.all((ran ?? []).map(async (run): Promise<Run> => ({
      run: run.id, branch: listed.find(({ id }) => id === run.branch_id)?.name ?? run.branch_id, at: run.created_at,
      failedStep: run.run_steps.find(({ status }) => status === 'DEAD')?.name ?? null, steps: run.run_steps.map(({ name, status }) => `${name} ${status}`),
      log: failed.includes(run.id) ? await logEnd(run.id, client) : null,
    })))
    const signals = [...branches.flatMap(branchSignal), ...runs.flatMap((run) => runSignal(run, clock.now()))]
    return {
      structured: { branches, runs },
      text: [
        branches.length === 0 ? 'The project has no branches.' : `${branches.length} branches:`, ...branches.map((one) => `${one.branch}${one.isDefault ? ' (default)' : ''}: ${one.status}, changed ${utc(one.updatedAt)}`),
        ...(runs.length === 0 ? [] : ['Latest runs:', ...runs.map(runText)]),
      ].join('\n'),
      entities: distinctEntities([...branches.map((one): Entity => ({ kind: 'branch_database', value: one.branch, at: one.updatedAt })), ...runs.map((one): Entity => ({ kind: 'workflow_run', value: one.run, at: one.at }))]),
      signals: signals.length > 0 ? signals : [makeSignal(branches.length === 0 ? 'absence' : 'healthy', 0, branches.length === 0 ? 'The project has no branches.' : `None of ${branches.length} branches failed.`)],
      links: [client.link('Branches in Supabase', 'branches')],
      truncated: (ran ?? []).length >= limit,
    }
  },
})

async function logEnd(run: string, client: SupabaseClient): Promise<string | null> {
  const log = await readIfAllowed(client.text(`/actions/${encodeURIComponent(run)}/logs`))
  return log === null ? null : lastLines(log, LOG_TAIL)
}

function runText(run: Run): string {
  return [`${utc(run.at)} ${run.branch} ${run.run}: ${run.steps.join(', ')}`, ...(run.log === null ? [] : run.log.trimEnd().split('\n').map((line) => `  ${line}`))].join('\n')
}

function branchSignal(one: Branch): Signal[] {
  if (!one.status.endsWith('_FAILED')) return []
  return [makeSignal('state', one.isDefault ? 3 : 1, `Database branch ${one.branch} is ${one.status} since ${utc(one.updatedAt)}.`, { about: [{ kind: 'branch_database', value: one.branch }], at: one.updatedAt })]
}

const RECENT_MILLISECONDS = 14 * 86_400_000

function runSignal(run: Run, now: Date): Signal[] {
  if (run.failedStep === null) return []
  const said = run.log?.split('\n').findLast((line) => levelOf(undefined, line) === 'error') ?? ''
  const recent = now.getTime() - new Date(run.at).getTime() < RECENT_MILLISECONDS
  return [makeSignal('error', recent ? 2 : 1, `A run of database branch ${run.branch} failed at step ${run.failedStep} at ${utc(run.at)}${said === '' ? '' : `: ${clip(said, 240)}`}.`, {
    about: [{ kind: 'branch_database', value: run.branch }, { kind: 'workflow_run', value: run.run }], says: said, at: run.at,
  })]
}
