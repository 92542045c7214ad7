import { defineWorker } from '../kit/define-worker.ts'
import { createGithubClient } from './client.ts'
import type { GithubClient, GithubConnection } from './client.ts'
import { blameLines } from './tools/blame-lines.ts'
import { compareRefs } from './tools/compare-refs.ts'
import { getCodeowners } from './tools/get-codeowners.ts'
import { getCommit } from './tools/get-commit.ts'
import { getFile } from './tools/get-file.ts'
import { getPull } from './tools/get-pull.ts'
import { jobLogTail } from './tools/job-log-tail.ts'
import { listCommitPulls } from './tools/list-commit-pulls.ts'
import { listCommits } from './tools/list-commits.ts'
import { listDeploymentStatuses } from './tools/list-deployment-statuses.ts'
import { listDeployments } from './tools/list-deployments.ts'
import { listEnvironments } from './tools/list-environments.ts'
import { listPullFiles } from './tools/list-pull-files.ts'
import { listPulls } from './tools/list-pulls.ts'
import { listRefChecks } from './tools/list-ref-checks.ts'
import { listReleases } from './tools/list-releases.ts'
import { listRepoActivity } from './tools/list-repo-activity.ts'
import { listRunJobs } from './tools/list-run-jobs.ts'
import { listTree } from './tools/list-tree.ts'
import { listWorkflowRuns } from './tools/list-workflow-runs.ts'
import { searchCode } from './tools/search-code.ts'
import { searchIssues } from './tools/search-issues.ts'

/** The specialist for GitHub. */
export const githubWorker = defineWorker<GithubConnection, GithubClient>({
  name: 'github',
  service: 'GitHub',
  description: 'Sees GitHub: commits with diffs, blame, files and code search, pull requests with reviews, issues, releases, deployments, checks, workflow runs and their job logs, code owners, branch activity.',
  tools: [
    listCommits, getCommit, compareRefs, getFile, listTree, blameLines, searchCode, searchIssues, listPulls, getPull, listPullFiles, listCommitPulls, listDeployments, listDeploymentStatuses, listEnvironments,
    listWorkflowRuns, listRunJobs, jobLogTail, listRefChecks, listReleases, getCodeowners, listRepoActivity,
  ],
  // GitHub Enterprise Server has REST below /api/v3 and GraphQL below /api.
  baseUrls: ({ baseUrl }) => [baseUrl, baseUrl.replace(/\/v3\/?$/, '')],
  redirectHosts: ['self', '*.actions.githubusercontent.com', 'productionresultssa*.blob.core.windows.net'],
  connect: createGithubClient,
})
