import type { Claim } from '../../src/core/finding.ts'
import { type AgentRun, allCalls, type Call } from '../../src/core/investigation.ts'
import { valueText } from './normalise.ts'

/**
 * What the cited calls really brought back: the text and structured result of each tool call in `claims`, and for a cited
 * delegation those of the calls its finding cites. What an agent wrote itself, a finding's prose included, is no evidence.
 */
export function citedText(claims: readonly Claim[], run: AgentRun): string {
  const calls = new Map(allCalls(run).map((call) => [call.id, call]))
  const seen = new Set<string>()
  const read = (id: string): string[] => {
    const call = calls.get(id)
    if (!call || seen.has(id)) return []
    seen.add(id)
    return [outputOf(call), ...(call.finding?.claims ?? []).flatMap((claim) => claim.calls.flatMap(read))]
  }
  return claims.flatMap((claim) => claim.calls.flatMap(read)).join('\n')
}

function outputOf({ result }: Call): string {
  return result ? `${result.text}\n${valueText(result.structured)}` : ''
}
