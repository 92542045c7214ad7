import { createLab } from '../../../training/lab/lab.ts'
import { labEstate } from '../../../training/lab-connections.ts'
import { oneWorker } from '../../../src/one-worker.ts'
import { workerNames } from '../../../src/core/worker.ts'
import { serveMcpOverHttp } from '../../../workers/kit/serve-mcp.ts'
import { strangerScript } from '../../setup/strangers.ts'
import { fixtureWorld } from './fixture-world.ts'
import { runProgram } from './run-program.ts'
import type { Command, Connection, Meeting } from './stranger.ts'

const passed = (count: number): RegExp => new RegExp(`Passed: ${count}/${count}, 0 failed`)

const commands: readonly Command[] = [
  { asks: ['kubernetes', 'server-initialize'], prints: [passed(1)] },
  { asks: ['kubernetes', 'ping'], prints: [passed(1)] },
  { asks: ['kubernetes', 'dns-rebinding-protection'], prints: [passed(2)] },
  ...workerNames.map((worker): Command => ({ asks: [worker, 'tools-list'], prints: [passed(1)] })),
]

/** Serves each worker asked about by HTTP, over a lab of its own, as `foreman mcp WORKER --http` does. */
async function connectSuite(home: string): Promise<Connection> {
  const world = await fixtureWorld()
  const lab = createLab(world)
  const defects: string[] = []
  const workers = await Promise.all(workerNames.map(async (name) => await oneWorker(name, labEstate(world, lab), [], (text) => defects.push(text))))
  const served = await Promise.all(workers.map(async (worker) => await serveMcpOverHttp(worker, { version: '0.1.0', port: 0 })))
  const urls = new Map(workers.map(({ name }, index) => [name as string, served[index]?.url ?? '']))
  return {
    ask: async ([worker = '', scenario = '']) => await runProgram({
      program: process.execPath, parameters: [strangerScript('@modelcontextprotocol/conformance', 'conformance'), 'server', '--url', urls.get(worker) ?? '', '--scenario', scenario], cwd: home, env: { HOME: home },
    }),
    close: async () => {
      await Promise.all(served.map(async ({ close }) => await close()))
      await lab.close()
    },
  }
}

/** The protocol's own conformance suite on our MCP servers. */
export const mcpMeeting: Meeting = {
  service: 'mcp',
  strangers: [{ name: '@modelcontextprotocol/conformance 0.1.16', commands, connect: (_, home) => connectSuite(home) }],
  gaps: [],
}
