import type { AccessNote } from '../kit/access.ts'

/** What the GitHub worker needs. */
export const githubAccess: AccessNote = {
  credential: 'A fine-grained personal access token, or an installation token of a GitHub App, for the repositories to be looked at and no others.',
  permissions: [
    { name: 'Metadata: read', for: 'the repository itself, its activity, and search' },
    { name: 'Contents: read', for: 'commits, diffs, blame, files, trees, tags, releases, code owners' },
    { name: 'Pull requests: read', for: 'pull requests with reviews and files' },
    { name: 'Issues: read', for: 'issues, and the conversation on pull requests' },
    { name: 'Actions: read', for: 'workflow runs, jobs and their logs, environments' },
    { name: 'Deployments: read', for: 'deployments with their statuses' },
    { name: 'Checks: read', for: 'check runs of a commit' },
    { name: 'Commit statuses: read', for: 'statuses that other systems report on a commit' },
  ],
  avoid: ['a classic token with the scope repo: it reads and changes every repository of its owner', 'Secrets, Variables and Administration: nothing here asks for them'],
}
