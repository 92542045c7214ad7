import type { EndReason } from '../core/investigation.ts'
import type { FunctionCallItem, FunctionCallOutputItem } from '../core/policy.ts'
import type { AgentSetup } from './agent.ts'
import type { Transcript } from './transcript.ts'
import { reportToolName } from './transcript.ts'

export type End = { reason: EndReason; message: string; error?: unknown }

/** Reads what ends a run. A mistake is told to the policy once; the second one ends the run. */
export interface Reporting<Report> {
  /** The end that this turn's calls bring, if any: a report, or a second mistake. */
  read(asked: readonly FunctionCallItem[], transcript: Transcript): End | undefined
  report(): Report | undefined
}

/** A reader for one run. */
export function createReporting<Report>(schema: AgentSetup<Report>['report']['schema']): Reporting<Report> {
  let report: Report | undefined
  let warned: EndReason | undefined

  const once = (reason: EndReason, ending: string, tell: () => void): End | undefined => {
    if (warned === reason) return { reason, message: ending }
    warned = reason
    tell()
    return undefined
  }

  return {
    report: () => report,
    read: (asked, transcript) => {
      const call = asked.find((item) => item.name === reportToolName)
      if (!call && asked.length > 0) return undefined
      if (!call) {
        return once('no_report', 'The model answered without calling a tool, twice.', () =>
          transcript.say(`Go on with a tool call, or finish by calling ${reportToolName}. Text alone is read by nobody.`))
      }
      const parsed = schema.safeParse(parseJson(call.arguments))
      if (parsed.success) {
        report = parsed.data
        return { reason: 'reported', message: 'The agent reported.' }
      }
      const problems = parsed.error.issues.slice(0, 6).map((issue) => `${issue.path.join('.') || 'report'}: ${issue.message}`).join('; ').slice(0, 600)
      return once('bad_report', `The report does not fit its schema: ${problems}`, () =>
        transcript.add([
          { type: 'function_call_output', call_id: call.call_id, output: `The report was not accepted. ${problems}. Send it once more, corrected.`, failure: { kind: 'invalid_input', message: problems } },
          // Model servers refuse a history in which a call has no output.
          ...asked.filter((item) => item !== call).map(notRun),
        ]))
    },
  }
}

function notRun({ call_id }: FunctionCallItem): FunctionCallOutputItem {
  const message = `Not run: it was asked for beside a ${reportToolName}, which ends the work.`
  return { type: 'function_call_output', call_id, output: message, failure: { kind: 'invalid_input', message } }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
