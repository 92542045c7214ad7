import { emulatedGithubMeeting } from './emulated-github.ts'
import { githubMeeting } from './github.ts'
import { kubernetesMeeting } from './kubernetes.ts'
import { mcpMeeting } from './mcp.ts'
import { railwayMeeting } from './railway.ts'
import { resultsText } from './results.ts'
import { sentryMeeting } from './sentry.ts'
import type { Meeting } from './stranger.ts'
import { supabaseMeeting } from './supabase.ts'

const meetings: readonly Meeting[] = [sentryMeeting, supabaseMeeting, railwayMeeting, kubernetesMeeting, githubMeeting, emulatedGithubMeeting, mcpMeeting]

const leftOut: readonly string[] = [
  'Railway\'s own command line: its program is downloaded from GitHub when it is installed, and it reaches no address but Railway\'s. Its queries are executed in railway-schema.test.ts where the published schema is at hand.',
  'github-mcp-server: it is published as a container and a Go module only.',
  '`search_docs` of Supabase\'s MCP server: it wants Supabase\'s documentation by GraphQL, which is no part of a project.',
  'The programs `supabase` and `kubernetes-mcp-server` come from their packages for Linux on x64; on another platform their commands are not asked, and the test says so.',
  '`deployment_status` of @jasontanswe/railway-mcp: it passes, and sleeps ten seconds first.',
]

/** What RESULTS.md must say now. */
export function currentResults(): string {
  return resultsText(meetings, leftOut)
}
