import { z } from 'zod'
import { FailureError } from '../../src/core/errors.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { foldLines } from '../kit/log-lines.ts'
import type { FoldedLine, LogEntry } from '../kit/log-lines.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip } from '../kit/plain-text.ts'
import type { RailwayClient } from './client.ts'
import { deploymentEntities } from './deployments.ts'
import type { DeploymentSummary } from './deployments.ts'
import { logEntries, LogLines } from './log-source.ts'

const Answer = z.object({ buildLogs: LogLines })

/** What build tools say when they give up, without a level that tells so. */
const GAVE_UP = /^npm (?:ERR!|error)\b|^error(?:\[E\d+\])?[: ]|\berror TS\d+:|\bfatal:|\bfailed to (?:solve|compile|build|resolve|fetch)\b|\bdid not complete successfully\b|\bexit code:? [1-9]|\b(?:module|package|command|file) not found\b|\bcannot find (?:module|package)\b|\b(?:build|healthcheck|health check) failed\b|\bnever became healthy\b|\bunable to resolve\b|\bno matching (?:version|manifest)\b/i

/** Build lines with the level of what they say: builders write most errors as plain text. */
export function buildEntries(entries: readonly LogEntry[]): LogEntry[] {
  return entries.map((entry) => ((entry.level === 'info' || entry.level === 'debug') && GAVE_UP.test(entry.message) ? { ...entry, level: 'error' } : entry))
}

/** The lines at which a build stopped, in the order they were written: its errors, else its last lines. */
function stoppedAt(entries: readonly LogEntry[], most = 4): FoldedLine[] {
  const errors = entries.filter(({ level }) => level === 'error' || level === 'fatal')
  return foldLines(errors.length > 0 ? errors : entries.slice(-most)).sort((a, b) => a.first.localeCompare(b.first)).slice(0, most)
}

/** The lines at which the build of a failed deployment stopped, as signals. */
export function stopSignals(deployment: DeploymentSummary, entries: readonly LogEntry[]): Signal[] {
  const about: Entity[] = deploymentEntities(deployment).filter(({ kind }) => kind === 'service' || kind === 'deployment' || kind === 'commit')
  const commit = deployment.commit === null ? '' : ` of ${deployment.commit.slice(0, 12)}`
  return stoppedAt(entries).map((line) => {
    const said = line.sample.split('\n')[0] ?? ''
    return makeSignal('error', 3, `${deployment.service}: the build${commit} stopped at: ${clip(said, 240)}`, { about, says: said, at: line.first, count: line.count })
  })
}

/** What the build log of a failed deployment stops at, as signals; none where the log cannot be read. */
export async function buildErrors(client: RailwayClient, deployment: DeploymentSummary): Promise<Signal[]> {
  try {
    const { buildLogs } = await client.query('build_logs', { id: deployment.deployment, limit: 500 }, Answer)
    return stopSignals(deployment, buildEntries(logEntries(buildLogs, deployment.deployment)))
  } catch (error) {
    if (error instanceof FailureError) return []
    throw error
  }
}
