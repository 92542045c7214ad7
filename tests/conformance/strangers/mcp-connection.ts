import { Client, ProtocolError } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { z } from 'zod'
import { strangerEnvironment } from '../../setup/strangers.ts'
import type { Connection } from './stranger.ts'

interface Server {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd: string
}

const Content = z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))

/** Starts an MCP server over stdio. It is asked `<tool> <arguments as JSON>`, or nothing but `tools/list`, which answers with the tools' names. */
export async function connectMcp({ command, args, env = {}, cwd }: Server): Promise<Connection> {
  const client = new Client({ name: 'conformance', version: '1.0.0' })
  await client.connect(new StdioClientTransport({ command, args: [...args], env: strangerEnvironment(env), cwd, stderr: 'ignore' }))
  return {
    ask: async ([tool = '', input = '{}']) => {
      if (tool === 'tools/list') {
        const { tools } = await client.listTools()
        return { output: tools.map(({ name }) => name).join('\n'), code: 0 }
      }
      const parameters = z.record(z.string(), z.unknown()).parse(JSON.parse(input))
      try {
        const { content, isError } = await client.callTool({ name: tool, arguments: parameters })
        return { output: Content.parse(content).map(({ text }) => text ?? '').join('\n'), code: isError === true ? 1 : 0 }
      } catch (error) {
        if (error instanceof ProtocolError) return { output: error.message, code: 1 }
        throw error
      }
    },
    close: () => client.close(),
  }
}
