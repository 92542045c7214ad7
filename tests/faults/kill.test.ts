import { describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { grade } from '../../training/grade.ts'
import type { Script } from '../fakes/model-server.ts'
import { surroundBot } from '../fixtures/bot-elsewhere.ts'
import type { BotElsewhere, Stored } from '../fixtures/bot-elsewhere.ts'
import { eventually } from '../fixtures/demo.ts'
import { foreman } from '../fixtures/foreman-process.ts'
import { expertModel } from '../fixtures/model-scripts/expert.ts'
import { expiredToken } from '../fixtures/model-scripts/expired-token.ts'

/** What the expert needs for this task: ten turns, six tool calls, 1050 tokens a turn. */
const whole = { turns: 10, calls: 6, tokens: 10 * 1050 }

/** A bot whose expert falls silent, once, at one of its turns; `onSilence` is called then. */
async function surround({ onTestFinished }: TestContext, { silentAt = 0, onSilence = () => {} }: { silentAt?: number | undefined; onSilence?: () => void } = {}): Promise<BotElsewhere> {
  const expert = expertModel(expiredToken)
  const script: Script = (request, number) => {
    if (number !== silentAt) return expert(request, number)
    onSilence()
    return { fault: 'silent' }
  }
  const around = await surroundBot(expiredToken.task, script)
  onTestFinished(() => around.close())
  return around
}

const count = ({ steps }: Stored, kind: 'turn' | 'call'): number => steps.filter((step) => step.kind === kind).length
/** The thread's session goes back to rest after its report was posted, by whoever posted it or found it there. */
const closed = ({ slack }: BotElsewhere, ts: string): Promise<unknown> =>
  eventually('the end of the session', () => [...slack.state.sessions.values()].find(({ threadTs, status }) => threadTs === ts && status === 'active'), 100_000)

/** The end of a run, however often its process died: right, complete, said once. */
function expectWhole(around: BotElsewhere, ts: string, { run, record, ...stored }: Stored): void {
  expect(run.status).toBe('finished')
  expect([count({ run, record, ...stored }, 'turn'), count({ run, record, ...stored }, 'call')]).toEqual([whole.turns, whole.calls])
  expect(record?.usage).toMatchObject({ inputTokens: whole.turns * 1000, outputTokens: whole.turns * 50 })
  expect(record && grade({ answer: around.task.loaded.answer, report: record.report, run: record.run }).reward).toBe(1)
  const keys = around.said(ts).map(({ metadata }) => (metadata?.['event_payload'] as { key: string } | undefined)?.key)
  expect(keys).toEqual([`${run.id}:opening`, `${run.id}:report`])
  expect(around.model.refusals).toEqual([])
}

/** Where the process dies: set up before the alert, resolves when it is there. */
const deaths: readonly { where: string; silentAt?: number; reached: (around: BotElsewhere, silence: Promise<void>) => Promise<void> }[] = [
  { where: 'while its first post is being confirmed', reached: (around) => posted(around, 'opening') },
  { where: 'while two workers are at work', silentAt: 4, reached: (_around, silence) => silence },
  { where: 'in the middle of a tool call', reached: ({ lab }) => new Promise((resolve) => lab.silence('docs', resolve)) },
  { where: 'while its report is being confirmed', reached: (around) => posted(around, 'report') },
]

/** The moment Slack has taken a post of a run, before its answer is out. */
function posted({ slack }: BotElsewhere, act: 'opening' | 'report'): Promise<void> {
  return new Promise((resolve) => {
    slack.state.subscribe((change) => {
      if (change.kind === 'message' && JSON.stringify(change.message.metadata ?? {}).includes(`:${act}"`)) resolve()
    })
  })
}

describe('a bot that is killed', () => {
  it.concurrent.for(deaths)('ends its investigation after a restart, repeats and doubles nothing: $where', async ({ silentAt, reached }, context) => {
    const silence = Promise.withResolvers<void>()
    const around = await surround(context, { silentAt, onSilence: silence.resolve })
    const first = await around.start()
    const death = reached(around, silence.promise).then(() => first.kill('SIGKILL'))
    const { ts } = around.fire()
    await death
    expect(await first.ended).toBe('SIGKILL')

    const before = await around.stored(ts)
    const asked = { model: around.model.requests.length, lab: around.lab.requests.length }
    around.lab.unsilence()
    const restartedAt = Date.now()
    const second = await around.start()
    await closed(around, ts)
    second.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(second.stderr()).toBe('')

    const after = await around.stored(ts)
    expectWhole(around, ts, after)
    // What was finished before stands as it was written then, and was not asked for again.
    expect(after.steps).toEqual(expect.arrayContaining([...before.steps]))
    expect(around.model.requests.length - asked.model).toBe(whole.turns - count(before, 'turn'))
    const unfinished = new Set(after.steps.filter(({ kind, key }) => kind === 'call' && !before.steps.some((step) => step.key === key)).map(({ key }) => key.split('.')[0]))
    expect(around.lab.requests.slice(asked.lab).filter((service) => !unfinished.has(service))).toEqual([])
    // Its clock runs on: from when it was begun, whichever process began it.
    expect(after.run.startedAt).toBe(before.run.startedAt)
    expect(after.record?.ms).toBeGreaterThanOrEqual(restartedAt - Date.parse(after.run.startedAt ?? ''))
  })
})

describe('a bot that is told to stop', () => {
  it.concurrent('leaves its investigation where it is, and goes on from there when it is started again', async (context) => {
    const silence = Promise.withResolvers<void>()
    const around = await surround(context, { silentAt: 4, onSilence: silence.resolve })
    const first = await around.start()
    const { ts } = around.fire()
    await silence.promise
    first.kill('SIGTERM')
    expect([await first.ended, first.stderr()]).toEqual([0, ''])
    expect(around.said(ts)).toHaveLength(1)

    const before = await around.stored(ts)
    expect(before.run.status).toBe('running')
    const asked = around.model.requests.length
    const second = await around.start()
    await closed(around, ts)
    second.kill('SIGTERM')
    await second.ended
    expectWhole(around, ts, await around.stored(ts))
    expect(around.model.requests.length - asked).toBe(whole.turns - count(before, 'turn'))
  })
})

describe('a second process on the same home', () => {
  it.concurrent('is refused with the way out', async (context) => {
    const around = await surround(context)
    const first = await around.start()
    const environment = { FOREMAN_HOME: around.home, LOG_LEVEL: 'error', SLACK_BOT_TOKEN: around.slack.credentials.botToken, SLACK_APP_TOKEN: around.slack.credentials.appToken }
    const second = await foreman(['start'], { environment })
    expect(second).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(new RegExp(`in use by process ${first.pid}.*DATABASE_URL`)) })
  })
})
