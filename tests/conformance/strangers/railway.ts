import { join } from 'node:path'
import { strangerProgram, strangerScript } from '../../setup/strangers.ts'
import { connectMcp } from './mcp-connection.ts'
import { connectRunner } from './statement-runner.ts'
import type { Command, Meeting } from './stranger.ts'

const project = '"projectId":"4dc844ab-ccfc-4d13-8d08-7c1c7fcec557"'
const environment = 'd6e4a9b6-646c-42fc-88ba-a6dd6150d1f7'
const place = `"serviceId":"f209672a-3e01-4941-88ff-550dfdf277a9","environmentId":"${environment}"`
const deployment = '"deploymentId":"bcdb1725-801f-4baa-8736-bdb60623a815"'

const sdkCommands: readonly Command[] = [
  { asks: [`Sandbox.list({"environmentId":"${environment}"})`], prints: [/^\[\]$/] },
  { asks: ['Sandbox.list({"environmentId":"none"})'], prints: ['RailwayGraphQLError: Environment not found'], exits: 1 },
  { asks: [`Sandbox.connect("none",{"environmentId":"${environment}"})`], prints: ['SandboxNotFoundError'], exits: 1 },
  { asks: [`Sandbox.create({"environmentId":"${environment}"})`], prints: ['Not Authorized'], exits: 1 },
]

const serverCommands: readonly Command[] = [
  { asks: ['tools/list'], prints: ['deployment_logs', 'service_restart'] },
  { asks: ['configure_api_token', '{"token":"1ab01ab0-0000-4000-8000-1ab01ab01ab0"}'], prints: ['Successfully connected'] },
  { asks: ['project_list'], prints: ['larkspur (ID: 4dc844ab-ccfc-4d13-8d08-7c1c7fcec557)', '- pr-5 (64414f23-baed-40db-8e20-de4011131328)'] },
  { asks: ['project_info', `{${project}}`], prints: ['Subscription: pro', 'rates-sync (ID: 090b1523-83f9-43de-82e8-68571ea8e49c)'] },
  { asks: ['project_environments', `{${project}}`], prints: [/pr-5 .*\n.*\n\(Ephemeral\)/] },
  { asks: ['service_list', `{${project}}`], prints: ['quote-api (ID: f209672a-3e01-4941-88ff-550dfdf277a9)'] },
  { asks: ['service_info', `{${project},${place}}`], prints: ['Start Command: node src/server.js', 'Replicas: 2', 'Latest Deployment: SUCCESS (bcdb1725-801f-4baa-8736-bdb60623a815)'] },
  { asks: ['deployment_list', `{${project},${place}}`], prints: [/bcdb1725-801f-4baa-8736-bdb60623a815\nStatus: SUCCESS/, /da621f5d-b854-424e-8cb6-42605a7fef90\nStatus: REMOVED/] },
  { asks: ['deployment_logs', `{${deployment}}`], prints: ['build finished in 75 s', "TypeError: Cannot read properties of undefined (reading 'currency')"] },
  { asks: ['list_service_variables', `{${project},${place}}`], prints: ['LOG_LEVEL=info', 'RAILWAY_SERVICE_NAME=quote-api'] },
  { asks: ['domain_list', `{${project},${place}}`], prints: [/quotes\.larkspur\.example \(ID: .*, Port: 8080\)/, 'quote-api.up.railway.example'] },
  { asks: ['volume_list', `{${project}}`], prints: ['rates-cache (ID: 2b0d59c7-0317-49e8-8c8e-5118b6ec7694)'] },
  { asks: ['tcp_proxy_list', `{${place}}`], prints: ['No TCP proxies found'] },
  { asks: ['service_restart', `{${place}}`], prints: ['Not Authorized'], exits: 1 },
  { asks: ['variable_set', `{${project},${place},"name":"LOG_LEVEL","value":"debug"}`], prints: ['Not Authorized'], exits: 1 },
  { asks: ['database_list_types'], prints: ['HTTP error! status: 400'], exits: 1, cannot: 'it asks for Railway\'s templates, which the lab\'s part of the schema leaves out' },
]

/** A module that sends to `url` what a client asks of the only address it knows, as Node's `--import` takes it. */
function redirectTo(url: string): string {
  const code = `const real = fetch; globalThis.fetch = (input, init) => real(String(input).replace('https://backboard.railway.com', ${JSON.stringify(url)}), init)`
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** Railway's own SDK, and an MCP server by somebody else whose requests are sent to the lab. */
export const railwayMeeting: Meeting = {
  service: 'railway',
  strangers: [
    {
      name: 'railway 3.11.0 (SDK)', commands: sdkCommands,
      connect: async ({ services: { railway } }, home) => connectRunner({
        program: process.execPath, parameters: [join(import.meta.dirname, 'call-railway-sdk.ts'), strangerProgram('railway', 'dist/index.js') ?? ''], cwd: home,
        env: { HOME: home, RAILWAY_GRAPHQL_ENDPOINT: `${railway.url}/graphql/v2`, RAILWAY_API_TOKEN: railway.token },
      }),
    },
    {
      name: '@jasontanswe/railway-mcp 1.3.0', commands: serverCommands,
      connect: ({ services: { railway } }, home) => connectMcp({
        command: process.execPath, args: ['--import', redirectTo(railway.url), strangerScript('@jasontanswe/railway-mcp', 'railway-mcp'), railway.token],
        cwd: home, env: { HOME: home },
      }),
    },
  ],
  gaps: [],
}
