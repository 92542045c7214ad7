import { expect, it } from 'vitest'
import { createManualClock } from '../../../../src/core/time.ts'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { githubWorker } from '../../../../workers/github/worker.ts'

const CHUNK = 64 * 1024
const CHUNKS = 200

/** A log of about 12 MB that is made while it is read, with a failure and a secret at its end. */
function endlessLog(): ReadableStream<Uint8Array> {
  const line = '2026-03-12T10:05:57.0000000Z compiling module after module\n'
  const chunk = new TextEncoder().encode(line.repeat(Math.floor(CHUNK / line.length)))
  let sent = 0
  return new ReadableStream({
    pull: (controller) => {
      sent += 1
      if (sent <= CHUNKS) return controller.enqueue(chunk)
      controller.enqueue(new TextEncoder().encode('2026-03-12T10:06:00.0000000Z ##[error]connect postgres://app:hunter22@db.example.org/orders refused\n'))
      return controller.close()
    },
  })
}

it('reads only the end of a log of many megabytes', async () => {
  const worker = githubWorker.bind({ baseUrl: 'http://github.test', token: 't', repositories: ['shop/web'] }, {
    clock: createManualClock('2026-03-12T10:30:00Z'), redactor: createRedactor(), fetch: async () => new Response(endlessLog()),
  })
  const outcome = await worker.tools.find(({ name }) => name === 'github_job_log_tail')?.invoke({ job: '7', limit: 50 }, { callId: 'github1.0.0', signal: new AbortController().signal })
  if (outcome?.ok !== true) throw new Error(outcome?.failure.message)
  const { result } = outcome
  expect(result.truncated).toBe(true)
  expect(result.structured).toHaveProperty('lines.length', 50)
  expect(result.text.length).toBeLessThan(2_000)
  expect(result.signals[0]).toMatchObject({ kind: 'error', text: 'Job 7 stops at: connect postgres://app:[secret:connection_password:1]@db.example.org/orders refused' })
})
