import { strangerScript } from '../../setup/strangers.ts'
import { connectMcp } from './mcp-connection.ts'
import { runProgram } from './run-program.ts'
import type { Command, Connection, Meeting } from './stranger.ts'
import type { ListeningLab } from '../../../training/lab/listen.ts'

const organization = 'larkspur'
const release = 'quote-api@1.5.0'
const issue = 'QUOTE-API-1A'
const event = '6b42f3eb71dfb37c3738cbdd9b8b36ef'
const trace = 'aa95749dd82b28aa5183450ace1440b2'
const span = 'f54773c9981d1687'
const replay = '3b23ab731b8b92b0fe8600cce5e071f9'
const title = "TypeError: Cannot read properties of undefined (reading 'currency')"

const httpsOnly = 'it insists on an https address of the region, and the lab speaks plain HTTP'

const oldCommands: readonly Command[] = [
  { asks: ['info'], prints: ['Default Organization: larkspur', '- event:read'] },
  { asks: ['organizations', 'list'], prints: [/4501 +\| Larkspur Freight +\| larkspur/] },
  { asks: ['projects', 'list'], prints: [/902 +\| dispatch-worker +\| Freight/] },
  { asks: ['releases', 'list'], prints: [release, 'quote-api@1.4.0'] },
  { asks: ['releases', 'info', release], prints: ['2026-03-12 09:40:30 UTC', '2026-03-12 10:28:00 UTC'] },
  { asks: ['deploys', 'list', '-r', release], prints: [/production +\| quote-api@1\.5\.0/] },
  { asks: ['issues', 'list'], prints: [`60001    | ${issue} | ${title}`, 'QUOTE-API-0F'] },
  { asks: ['issues', 'list', '--query', 'level:warning'], prints: ['TimeoutError: carrier rates took over 5000 ms'] },
  { asks: ['issues', 'list', '--query', 'is:resolved'], prints: ['No issues found'] },
  { asks: ['events', 'list'], prints: ['6b42f3eb-71df-b37c-3738-cbdd9b8b36ef | 2026-03-12T09:44:10Z'] },
  { asks: ['monitors', 'list'], prints: [/nightly-rates +\| Nightly rates +\| active/] },
  { asks: ['repos', 'list'], prints: ['larkspur/quote-api | GitHub'] },
  { asks: ['logs', 'list'], prints: [`error    | quote q_81 has no price | ${trace}`] },
  { asks: ['releases', 'new', 'x'], prints: ['You do not have permission to perform this action. (http status: 403)'], exits: 1 },
]

const newCommands: readonly Command[] = [
  { asks: ['auth', 'status'], prints: ['Access verified'] },
  { asks: ['auth', 'whoami'], prints: ['Ines Okafor <ines@larkspur.example>'] },
  { asks: ['org', 'list'], prints: ['Larkspur Freight'] },
  { asks: ['org', 'view', organization], prints: ['4501'] },
  { asks: ['project', 'list'], prints: ['dispatch-worker'] },
  { asks: ['project', 'view', 'larkspur/quote-api'], prints: ['1/20/2026'] },
  { asks: ['team', 'list'], prints: ['freight'] },
  { asks: ['repo', 'list', '--json'], prints: ['larkspur/quote-api'] },
  { asks: ['dsn', 'list'], prints: ['larkspur/quote-api'] },
  { asks: ['issue', 'list', '--json'], prints: [`"shortId": "${issue}"`, '"count": "212"'] },
  { asks: ['issue', 'view', issue], prints: ['currencyOf(src/currency.js)', /Users +│ 41/, /Trace +│ aa95749dd82b28aa5183450ace1440b2/] },
  { asks: ['issue', 'events', issue], prints: [event] },
  { asks: ['issue', 'resolve', issue], prints: ['403 Forbidden'], exits: 30 },
  { asks: ['event', 'view', event], prints: ['at currencyOf (src/currency.js:2:22) [in-app]', 'GET https://quotes.larkspur.example/quotes/q_81'] },
  { asks: ['explore'], prints: [/TypeError: .*reading +│ +212/] },
  { asks: ['release', 'list', '--json'], prints: [`"version": "${release}"`] },
  { asks: ['release', 'view', release], prints: ['59395c05c18b9c8904853715d4136921de0b48f1', /Commits +│ 2/] },
  { asks: ['release', 'deploys', release], prints: [/production +│ quote-api@1\.5\.0/] },
  { asks: ['monitor', 'list', '--json'], prints: ['"slug": "nightly-rates"'] },
  { asks: ['log', 'list'], prints: ['quote q_81 has no price'] },
  { asks: ['log', 'view', '0'.repeat(32)], prints: ['quote q_81 has no price'] },
  { asks: ['trace', 'list'], prints: [/GET \/quotes\/:id │ +812ms/] },
  { asks: ['trace', 'view', trace], prints: [`db — select * from quotes where id = $1  (640ms)  ${span}`] },
  { asks: ['trace', 'logs', trace, '--json'], prints: ['"message": "quote q_81 has no price"'] },
  { asks: ['span', 'list', trace], prints: [/select \* from quotes where .* │ +640ms/] },
  { asks: ['span', 'view', trace, span], prints: [/Parent +│ 7100cc2b7296d14e/] },
  { asks: ['replay', 'list'], prints: [replay] },
  { asks: ['replay', 'view', `larkspur/${replay}`], prints: ['1 minute and 14 seconds'] },
  { asks: ['alert', 'metrics', 'list'], prints: [/count\(\) +│ errors +│ 60m/] },
  { asks: ['attribute', 'list'], prints: ['span.description', 'db.system'] },
  { asks: ['api', 'organizations/larkspur/projects/'], prints: ['"slug": "quote-api"'] },
]

const tool = (name: string, parameters: Readonly<Record<string, unknown>>): readonly string[] => ['execute_sentry_tool', JSON.stringify({ name, arguments: parameters })]

const serverCommands: readonly Command[] = [
  { asks: ['tools/list'], prints: ['search_issues', 'execute_sentry_tool'] },
  { asks: ['find_projects'], prints: ['"slug": "dispatch-worker"'] },
  { asks: ['search_issues', '{"query":"is:unresolved"}'], prints: [issue, '**Events**: 212', '**Assigned to**: Ines Okafor'] },
  { asks: ['search_events', '{"query":"level:error","dataset":"errors"}'], prints: ['**culprit**: currencyOf(src/currency.js)'] },
  { asks: ['search_events', '{"query":"severity:error","dataset":"logs"}'], prints: ['quote q_81 has no price'] },
  { asks: ['search_events', '{"query":"span.op:db","dataset":"spans"}'], prints: ['select * from quotes where id = $1'] },
  { asks: ['get_sentry_resource', `{"resourceType":"issue","resourceId":"${issue}"}`], prints: ['**Occurrences**: 212', 'src/currency.js:2:22 (currencyOf)', '**Related Replay Count**: 1'] },
  { asks: ['search_sentry_tools', '{"query":"releases"}'], prints: ['"find_releases"'] },
  { asks: tool('find_releases', {}), prints: ['59395c05c18b9c8904853715d4136921de0b48f1'] },
  { asks: tool('get_issue_breadcrumbs', { issueId: issue }), prints: ['GET /quotes/q_8'] },
  { asks: tool('get_issue_tag_values', { issueId: issue, tagKey: 'server_name' }), prints: ['quote-api-1'] },
  { asks: tool('get_issue_activity', { issueId: issue }), prints: ['Started after 1.5.0?'] },
  { asks: tool('get_event_stacktrace', { issueId: issue }), prints: ['No thread stacktraces were found'], cannot: 'it reads threads, and a world\'s events have exceptions only, as Node\'s SDK sends them' },
  { asks: tool('find_monitors', {}), prints: ['nightly-rates'] },
  { asks: tool('find_alert_rules', {}), prints: ['Error rate'] },
  { asks: tool('get_replay_details', { replayId: replay }), prints: ['Must use HTTPS'], exits: 1, cannot: httpsOnly },
  { asks: tool('get_trace_details', { traceId: trace }), prints: ['Must use HTTPS'], exits: 1, cannot: httpsOnly },
  { asks: ['get_sentry_resource', `{"resourceType":"trace","resourceId":"${trace}"}`], prints: ['Must use HTTPS'], exits: 1, cannot: httpsOnly },
  { asks: ['get_sentry_resource', `{"resourceType":"replay","resourceId":"${replay}"}`], prints: ['Must use HTTPS'], exits: 1, cannot: httpsOnly },
  { asks: ['update_issue', `{"issueId":"${issue}","status":"resolved"}`], prints: ['permission'], exits: 1 },
]

/** Both command lines take everything from the environment. */
function connectCommandLine(packageName: string, command: string): (lab: ListeningLab, home: string) => Promise<Connection> {
  return async ({ services: { sentry } }, home) => {
    const env = {
      HOME: home, SENTRY_URL: sentry.url, SENTRY_AUTH_TOKEN: sentry.token, SENTRY_ORG: organization, SENTRY_PROJECT: 'quote-api', NO_COLOR: '1', TZ: 'UTC', COLUMNS: '200', SENTRY_CLI_NO_TELEMETRY: '1', DO_NOT_TRACK: '1',
    }
    return { ask: (words) => runProgram({ program: process.execPath, parameters: [strangerScript(packageName, command), ...words], cwd: home, env }) }
  }
}

/** Sentry's old command line in Rust, the strictest about shapes; its new one; and its MCP server. */
export const sentryMeeting: Meeting = {
  service: 'sentry',
  strangers: [
    { name: '@sentry/cli 3.8.0', commands: oldCommands, connect: connectCommandLine('@sentry/cli', 'sentry-cli') },
    { name: 'sentry 0.49.0 (the new command line)', commands: newCommands, connect: connectCommandLine('sentry', 'sentry') },
    {
      name: '@sentry/mcp-server 0.39.0', commands: serverCommands,
      connect: ({ services: { sentry } }, home) => connectMcp({
        command: process.execPath, cwd: home, env: { HOME: home },
        args: [
          strangerScript('@sentry/mcp-server', 'sentry-mcp'), `--access-token=${sentry.token}`, `--host=${new URL(sentry.url).host}`, '--insecure-http', '--sentry-dsn=', '--skills=inspect,triage',
          `--organization-slug=${organization}`,
        ],
      }),
    },
  ],
  gaps: [],
}
