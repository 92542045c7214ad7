import type { ToolOutcome, ToolResult } from '../../../../src/core/tool.ts'
import { createManualClock } from '../../../../src/core/time.ts'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { SupabaseConnection } from '../../../../workers/supabase/client.ts'
import { supabaseWorker } from '../../../../workers/supabase/worker.ts'

/** Answers by the end of the path; for SQL, by what the statement contains. A number is a refusal with that status; a Response is itself. */
export interface FakeProject {
  readonly paths?: Readonly<Record<string, unknown>>
  readonly sql?: Readonly<Record<string, unknown>>
}

/** The worker on a project that answers as told; `asked` collects what was sent. */
export function bindFake({ paths = {}, sql = {} }: FakeProject, connection: Record<string, unknown> = {}) {
  const asked: { url: URL; body: string }[] = []
  const fakeFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    const body = typeof init?.body === 'string' ? init.body : ''
    asked.push({ url, body })
    const answers = url.pathname.endsWith('/query/read-only') ? Object.entries(sql).filter(([part]) => body.includes(part)) : Object.entries(paths).filter(([end]) => url.pathname.endsWith(end))
    const answer = answers[0]?.[1] ?? 404
    if (answer instanceof Response) return answer
    return typeof answer === 'number' ? new Response('{"message":"raw text of the service"}', { status: answer }) : Response.json(answer, { status: body === '' ? 200 : 201 })
  }
  const worker = supabaseWorker.bind(SupabaseConnection.parse({ accessToken: 't', projectRef: 'abcdefghijklmnopqrst', ...connection }), {
    clock: createManualClock('2026-03-12T10:30:00Z'), fetch: fakeFetch, redactor: createRedactor(),
  })
  const outcome = async (tool: string, args: object = {}): Promise<ToolOutcome> => {
    const found = worker.tools.find(({ name }) => name === `supabase_${tool}`)
    if (found === undefined) throw new Error(`no tool ${tool}`)
    return found.invoke(args, { callId: 'supabase1.0.0', signal: new AbortController().signal })
  }
  const result = async (tool: string, args: object = {}): Promise<ToolResult> => {
    const got = await outcome(tool, args)
    if (!got.ok) throw new Error(JSON.stringify(got.failure))
    return got.result
  }
  return { asked, outcome, result }
}
