import { defineWorker } from '../kit/define-worker.ts'
import { createGithubClient } from './client.ts'
import type { GithubClient, GithubConnection } from './client.ts'
import { blameLines } from './tools/blame-lines.ts'
import { compareRefs } from './tools/compare-refs.ts'
import { getCommit } from './tools/get-commit.ts'
import { getFile } from './tools/get-file.ts'
import { jobLogTail } from './tools/job-log-tail.ts'
import { listCommits } from './tools/list-commits.ts'
import { listDeployments } from './tools/list-deployments.ts'
import { listPulls } from './tools/list-pulls.ts'
import { listWorkflowRuns } from './tools/list-workflow-runs.ts'
import { searchCode } from './tools/search-code.ts'

/** The specialist for GitHub. */
export const githubWorker = defineWorker<GithubConnection, GithubClient>({
  name: 'github',
  service: 'GitHub',
  description: 'Sees GitHub: commits with diffs, blame, files and code search, pull requests, deployments, workflow runs and their job logs.',
  tools: [listCommits, getCommit, compareRefs, getFile, blameLines, searchCode, listPulls, listDeployments, listWorkflowRuns, jobLogTail],
  // GitHub Enterprise Server has REST below /api/v3 and GraphQL below /api.
  baseUrls: ({ baseUrl }) => [baseUrl, baseUrl.replace(/\/v3\/?$/, '')],
  redirectHosts: ['self', '*.actions.githubusercontent.com', 'productionresultssa*.blob.core.windows.net'],
  connect: createGithubClient,
})
