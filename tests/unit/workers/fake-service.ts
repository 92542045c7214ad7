import { createManualClock } from '../../../src/core/time.ts'
import type { ToolOutcome, ToolResult } from '../../../src/core/tool.ts'
import type { WorkerDefinition } from '../../../workers/kit/define-worker.ts'
import { createRedactor } from '../../../workers/kit/redact.ts'

/** What a service answers, by the end of the path: JSON, a refusal with that status, or a Response as it is. The longest end that fits wins; nothing known is a 404. */
export type FakeAnswers = Readonly<Record<string, unknown>>

/** A worker on a service that answers as told, at noon of 2026-03-12; `asked` collects the requests in order. */
export function bindFakeService<Connection>(definition: WorkerDefinition<Connection>, connection: Connection, answers: FakeAnswers) {
  const asked: URL[] = []
  const fakeFetch = async (input: string | URL | Request): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    asked.push(url)
    const [end] = Object.keys(answers).filter((candidate) => decodeURIComponent(url.pathname).endsWith(candidate)).sort((a, b) => b.length - a.length)
    const answer = end === undefined ? 404 : answers[end]
    if (answer instanceof Response) return answer.clone()
    return typeof answer === 'number' ? Response.json({ message: 'raw text of the service' }, { status: answer }) : Response.json(answer)
  }
  const worker = definition.bind(connection, { clock: createManualClock('2026-03-12T12:00:00Z'), fetch: fakeFetch, redactor: createRedactor() })
  const outcome = async (name: string, args: object = {}): Promise<ToolOutcome> => {
    const tool = worker.tools.find((candidate) => candidate.name === name)
    if (tool === undefined) throw new Error(`There is no tool ${name}.`)
    return tool.invoke(args, { callId: `${definition.name}1.0.0`, signal: new AbortController().signal })
  }
  const result = async (name: string, args: object = {}): Promise<ToolResult> => {
    const got = await outcome(name, args)
    if (!got.ok) throw new Error(JSON.stringify(got.failure))
    return got.result
  }
  return { asked, outcome, result }
}
