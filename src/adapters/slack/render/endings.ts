import type { EndReason, Investigation } from '../../../core/investigation.ts'

/** What people are told when a run ended without a report: what happened, and what they can do. */
const withoutReport: Readonly<Record<Exclude<EndReason, 'reported'>, { title: string; todo: string }>> = {
  stopped: { title: 'Stopped', todo: 'Somebody stopped this before it came to a conclusion. Mention me here to start again.' },
  steps_spent: { title: 'No conclusion: out of steps', todo: 'Ask me about the part that matters most, or raise the step budget.' },
  tokens_spent: { title: 'No conclusion: out of tokens', todo: 'Ask me about the part that matters most, or raise the token budget.' },
  seconds_spent: { title: 'No conclusion: out of time', todo: 'Ask me about the part that matters most, or raise the time budget.' },
  usd_spent: { title: 'No conclusion: out of money', todo: 'Ask me about the part that matters most, or raise the dollar budget.' },
  no_report: { title: 'No conclusion', todo: 'The model ended without a report. Mention me here to try again.' },
  bad_report: { title: 'No conclusion', todo: 'The model\'s report did not have the form of one, twice. Mention me here to try again.' },
  policy_failed: { title: 'Not investigated to the end: the model failed', todo: 'Mention me here to try again; whoever runs me finds the cause in the log.' },
}

/** The headline of an ended run and, where there is no report, the sentence under it. */
export function endingOf({ report, answer, run }: Investigation): { title: string; detail?: string } {
  if (report) {
    const verdict = { root_cause: 'Root cause', no_fault: 'No fault', inconclusive: 'Inconclusive' }[report.verdict]
    return { title: `${verdict}: ${report.title}` }
  }
  if (answer) return { title: 'Answer' }
  if (run.end.reason === 'reported') return { title: 'No conclusion', detail: run.end.message }
  const { title, todo } = withoutReport[run.end.reason]
  return { title, detail: run.end.reason === 'policy_failed' ? `${run.end.message} ${todo}` : todo }
}
