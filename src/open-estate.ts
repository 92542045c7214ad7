import { readFileSync } from 'node:fs'
import { createExternalMcp } from '../workers/kit/external-mcp.ts'
import { readExternalServers } from '../workers/kit/external-mcp-config.ts'
import type { Config } from './config.ts'
import { ConfigurationError } from './core/errors.ts'
import { systemClock } from './core/time.ts'
import type { Estate } from './estate.ts'

/**
 * The real services, with the MCP servers that are plugged into their workers. `note` is told what is missing of those and what to do.
 * Throws a `ConfigurationError` when the file that names them cannot be used. Close it, or their processes live on.
 */
export function openEstate({ connections, mcp, redact }: Pick<Config, 'connections' | 'mcp' | 'redact'>, note: (problem: string) => void): { readonly estate: Estate; close(): Promise<void> } {
  if (mcp === undefined) return { estate: { connections, fetch, clock: systemClock, redact }, close: async () => {} }
  const external = createExternalMcp(readExternalServers(mcp.file, read(mcp.file), mcp.variables), { fetch, onProblem: note })
  return { estate: { connections, fetch, clock: systemClock, redact, external }, close: () => external.close() }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigurationError([`FOREMAN_MCP: the file ${file} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'}).`])
  }
}
