import type { GithubRepository } from '../../../../src/core/world/github.ts'
import type { World } from '../../../../src/core/world/world.ts'
import { githubTime, nodeId } from '../responses.ts'
import type { Repo } from '../state.ts'
import { minimalRepository } from './repository.ts'
import { gitIdentity, userView } from './user.ts'

export type Run = GithubRepository['workflowRuns'][number]
export type Job = Run['jobs'][number]

/** The number GitHub knows a workflow file by; the same for every run of it. */
export function workflowId({ data }: Repo, run: Run): number {
  const paths = [...new Set(data.workflowRuns.map((each) => each.path))]
  return data.id * 10 + paths.indexOf(run.path) + 1
}

/** A run of a workflow. */
export function runView(world: World, repo: Repo, run: Run): Record<string, unknown> {
  const { api, html, root, history, data } = repo
  const url = `${api}/actions/runs/${run.id}`
  const head = history.resolve(run.sha)
  const inOrder = data.workflowRuns.filter((each) => each.path === run.path).toSorted((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt))
  const pulls = data.pulls.filter((pull) => pull.head.sha === run.sha && run.event === 'pull_request')
  const actor = userView(world, run.actor, root)
  return {
    id: run.id, name: run.name, node_id: nodeId('WorkflowRun', run.id), head_branch: run.branch, head_sha: run.sha, path: run.path, display_title: head?.message.split('\n')[0] ?? run.name,
    run_number: inOrder.indexOf(run) + 1, run_attempt: 1, event: run.event, status: run.status, conclusion: run.conclusion, workflow_id: workflowId(repo, run), check_suite_id: run.id * 10, check_suite_node_id: nodeId('CheckSuite', run.id * 10),
    url, html_url: `${html}/actions/runs/${run.id}`, created_at: githubTime(run.createdAt), updated_at: githubTime(run.updatedAt), run_started_at: githubTime(run.createdAt), actor, triggering_actor: actor,
    jobs_url: `${url}/jobs`, logs_url: `${url}/logs`, check_suite_url: `${api}/check-suites/${run.id * 10}`, artifacts_url: `${url}/artifacts`, cancel_url: `${url}/cancel`, rerun_url: `${url}/rerun`,
    previous_attempt_url: null, workflow_url: `${api}/actions/workflows/${workflowId(repo, run)}`, referenced_workflows: [],
    pull_requests: pulls.map((pull) => ({ id: data.id * 1000 + pull.number, number: pull.number, url: `${api}/pulls/${pull.number}`, head: { ref: pull.head.ref, sha: pull.head.sha, repo: { id: data.id, url: api, name: data.name } }, base: { ref: pull.base, sha: run.sha, repo: { id: data.id, url: api, name: data.name } } })),
    head_commit: head === undefined ? null : { id: head.sha, tree_id: head.sha, message: head.message, timestamp: githubTime(head.at), author: gitIdentity(world, head.author), committer: gitIdentity(world, head.author) },
    repository: minimalRepository(world, repo), head_repository: minimalRepository(world, repo),
  }
}

/** A job of a run with its steps. */
export function jobView({ api, html }: Repo, run: Run, job: Job): Record<string, unknown> {
  const started = githubTime(job.startedAt)
  const completed = job.completedAt === null ? null : githubTime(job.completedAt)
  return {
    id: job.id, run_id: run.id, workflow_name: run.name, head_branch: run.branch, run_url: `${api}/actions/runs/${run.id}`, run_attempt: 1, node_id: nodeId('CheckRun', job.id), head_sha: run.sha,
    url: `${api}/actions/jobs/${job.id}`, html_url: `${html}/actions/runs/${run.id}/job/${job.id}`, status: job.status, conclusion: job.conclusion, created_at: started, started_at: started, completed_at: completed,
    name: job.name, check_run_url: `${api}/check-runs/${job.id}`, labels: ['ubuntu-latest'], runner_id: 1, runner_name: 'Hosted Agent', runner_group_id: 0, runner_group_name: 'GitHub Actions',
    steps: job.steps.map((step, index) => ({ name: step.name, status: step.conclusion === null ? 'in_progress' : 'completed', conclusion: step.conclusion, number: index + 1, started_at: started, completed_at: completed })),
  }
}

/** A job as the check it reports on its commit. */
export function checkRunView(world: World, { api, html, root, data }: Repo, run: Run, job: Job): Record<string, unknown> {
  return {
    id: job.id, name: job.name, node_id: nodeId('CheckRun', job.id), head_sha: run.sha, external_id: String(job.id), url: `${api}/check-runs/${job.id}`, html_url: `${html}/actions/runs/${run.id}/job/${job.id}`,
    details_url: `${html}/actions/runs/${run.id}/job/${job.id}`, status: job.status, conclusion: job.conclusion, started_at: githubTime(job.startedAt),
    completed_at: job.completedAt === null ? null : githubTime(job.completedAt),
    output: { title: null, summary: null, text: null, annotations_count: 0, annotations_url: `${api}/check-runs/${job.id}/annotations` }, check_suite: { id: run.id * 10 }, pull_requests: [],
    app: {
      id: 15368, slug: 'github-actions', node_id: nodeId('App', 15368), client_id: 'Iv1.lab', owner: userView(world, data.owner, root), name: 'GitHub Actions', description: 'Automates workflows',
      external_url: 'https://help.github.com/en/actions', html_url: 'https://github.com/apps/github-actions', created_at: githubTime(data.createdAt), updated_at: githubTime(data.createdAt), permissions: { actions: 'write', checks: 'write' }, events: [],
    },
  }
}
