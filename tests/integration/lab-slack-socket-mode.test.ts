import type { App } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { afterEach, describe, expect, it } from 'vitest'
import { startSocketModeBolt, until, type BoltOnLab, type LabSlack } from '../fixtures/bolt-on-lab.ts'
import type { WorkspaceOptions } from '../../training/lab/slack/workspace.ts'

const quick = { rateLimitScale: Number.POSITIVE_INFINITY, delivery: { retryDelaysMs: [0, 20, 20] } }
const thumbs = {
  type: 'context_actions',
  elements: [
    {
      type: 'feedback_buttons',
      action_id: 'rca',
      positive_button: { text: { type: 'plain_text', text: 'Good' }, value: 'up' },
      negative_button: { text: { type: 'plain_text', text: 'Bad' }, value: 'down' },
    },
  ],
} as const
const correction: ModalView = {
  type: 'modal',
  callback_id: 'correct',
  title: { type: 'plain_text', text: 'What was it?' },
  submit: { type: 'plain_text', text: 'Send' },
  blocks: [
    {
      type: 'input',
      block_id: 'cause',
      label: { type: 'plain_text', text: 'Cause' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
}

let lab: BoltOnLab | undefined
afterEach(async () => {
  await lab?.close()
  lab = undefined
})

/** How long Bolt waits before it reconnects in the tests about that. */
const soonMs = 400

async function start(
  listen: (app: App, lab: LabSlack) => void,
  options: WorkspaceOptions = {},
  clientPingTimeout?: number,
): Promise<BoltOnLab> {
  lab = await startSocketModeBolt({ ...quick, ...options }, listen, clientPingTimeout)
  return lab
}

/** Every event Bolt hears, with what came around it. */
function record(
  heard: { type: string; subtype: string | undefined; ts: string; eventId: string; retryNum: number | undefined }[],
) {
  return (app: App) => {
    app.use(async ({ payload, body, context, next }) => {
      const event = payload as { type?: string; subtype?: string; ts?: string }
      heard.push({
        type: String(event.type),
        subtype: event.subtype,
        ts: String(event.ts),
        eventId: String((body as { event_id?: string }).event_id),
        retryNum: context.retryNum,
      })
      await next()
    })
  }
}

describe('Bolt over Socket Mode', () => {
  it('hears a mention as two events of one message and answers in its thread', async () => {
    const heard: Parameters<typeof record>[0] = []
    const { slack } = await start((app) => {
      record(heard)(app)
      app.event('app_mention', async ({ event, say }) => {
        await say({ text: 'On it.', thread_ts: event.ts })
      })
    })
    const question = slack.people.postAs('you', 'alerts', `<@${slack.credentials.botUserId}> why?`)
    const answer = await slack.waitForMessage((message) => message.text === 'On it.')
    expect(answer.thread_ts).toBe(question.ts)
    await until(() => heard.filter(({ ts }) => ts === question.ts).length === 2)
    const [mention, message] = heard.filter(({ ts }) => ts === question.ts)
    expect([mention?.type, message?.type]).toEqual(['app_mention', 'message'])
    expect(mention?.eventId).not.toBe(message?.eventId)
  })

  it('hears its own edit as message_changed', async () => {
    const heard: Parameters<typeof record>[0] = []
    const { slack, client } = await start(record(heard))
    const posted = await client.chat.postMessage({ channel: 'alerts', text: 'one' })
    await client.chat.update({ channel: String(posted.channel), ts: String(posted.ts), text: 'two' })
    await until(() => heard.some(({ subtype }) => subtype === 'message_changed'))
    expect(slack.messages('alerts')[0]?.text).toBe('two')
  })

  it('hears nothing from a channel it is not in', async () => {
    const heard: Parameters<typeof record>[0] = []
    const { slack } = await start(record(heard))
    slack.people.postAs('you', 'general', 'elsewhere')
    const here = slack.people.postAs('you', 'alerts', 'here')
    await until(() => heard.length > 0)
    expect(heard.map(({ ts }) => ts)).toEqual([here.ts])
  })

  it('takes a thumb, opens a modal, refuses a short answer and accepts a better one', async () => {
    const seen: string[] = []
    const { slack, client } = await start((app) => {
      app.action('rca', async ({ ack, body, client: bolt }) => {
        await ack()
        if (!('trigger_id' in body) || body.type !== 'block_actions') return
        const [action] = body.actions
        seen.push(action && 'value' in action ? (action.value ?? 'no value') : 'no value')
        await bolt.views.open({ trigger_id: body.trigger_id, view: correction })
      })
      app.view('correct', async ({ ack, view }) => {
        const given = String(view.state.values['cause']?.['text']?.value)
        seen.push(given)
        await (given.length < 10 ? ack({ response_action: 'errors', errors: { cause: 'Say more.' } }) : ack())
      })
    })
    const report = await client.chat.postMessage({ channel: 'alerts', text: 'Root cause', blocks: [thumbs] })
    const click = await slack.people.click('you', { channel: 'alerts', ts: String(report.ts) }, 'rca', 'down')
    expect(click).toMatchObject({ acknowledged: true })
    await until(() => slack.state.views.size === 1)
    const viewId = String([...slack.state.views.keys()][0])
    expect(await slack.people.submitView('you', viewId, {})).toMatchObject({
      outcome: 'errors',
      errors: { cause: expect.stringContaining('required') },
    })
    expect(await slack.people.submitView('you', viewId, { text: 'no' })).toEqual({
      outcome: 'errors',
      errors: { cause: 'Say more.' },
    })
    expect(await slack.people.submitView('you', viewId, { text: 'an expired token' })).toEqual({ outcome: 'accepted' })
    expect(seen).toEqual(['down', 'no', 'an expired token'])
    expect(slack.state.views.size).toBe(0)
  })

  it('refuses a modal for a trigger that was used already', async () => {
    const errors: string[] = []
    const { slack } = await start((app) => {
      app.shortcut('investigate', async ({ ack, shortcut, client }) => {
        await ack()
        await client.views.open({ trigger_id: shortcut.trigger_id, view: correction })
        await client.views
          .open({ trigger_id: shortcut.trigger_id, view: correction })
          .catch((error: { data: { error: string } }) => errors.push(error.data.error))
      })
    })
    const message = slack.people.postAs('maya', 'alerts', 'odd')
    await slack.people.shortcut('you', 'investigate', { channel: 'alerts', ts: message.ts })
    await until(() => errors.length === 1)
    expect(errors).toEqual(['exchanged_trigger_id'])
  })

  it('answers a slash command to the person alone, and later by its response URL five times', async () => {
    const late: number[] = []
    const { slack } = await start((app) => {
      app.command('/foreman', async ({ ack, command, respond }) => {
        await ack({ text: `heard ${command.text}` })
        for (const _use of [1, 2, 3, 4, 5, 6])
          await respond({ text: 'more', response_type: 'in_channel' }).catch((error: { statusCode: number }) =>
            late.push(error.statusCode),
          )
      })
    })
    await slack.people.slash('you', 'alerts', '/foreman', 'why is it slow')
    await until(() => late.length === 1)
    expect(slack.state.ephemerals.map(({ message }) => message.text)).toEqual(['heard why is it slow'])
    expect(slack.messages('alerts').map(({ text }) => text)).toEqual(['more', 'more', 'more', 'more', 'more'])
    expect(late).toEqual([404])
  })

  it('tells the person when a command is not acknowledged in time', async () => {
    const { slack } = await start(
      (app) => {
        app.command('/foreman', () => Promise.resolve())
      },
      { delivery: { ackTimeoutMs: 150 } },
    )
    expect(await slack.people.slash('you', 'alerts', '/foreman', 'x')).toMatchObject({ acknowledged: false })
    expect(slack.state.ephemerals.at(-1)?.message.text).toBe('/foreman failed with the error "operation_timeout"')
  })
})

describe('delivery over Socket Mode', () => {
  it('sends a duplicated envelope twice with one event_id and retry_attempt 0', async () => {
    const heard: Parameters<typeof record>[0] = []
    const { slack } = await start(record(heard))
    slack.sockets.duplicateNext()
    slack.people.postAs('you', 'alerts', 'twice')
    await until(() => heard.length === 2)
    expect(new Set(heard.map(({ eventId }) => eventId)).size).toBe(1)
    expect(heard.map(({ retryNum }) => retryNum)).toEqual([0, 0])
  })

  it('delivers what happened while the app was away once it is back, as a retry', async () => {
    const heard: Parameters<typeof record>[0] = []
    const { slack } = await start(record(heard), { delivery: { retryDelaysMs: [0, 60_000] } }, soonMs)
    slack.sockets.drop(slack.credentials.appId)
    slack.people.postAs('you', 'alerts', 'missed')
    expect(slack.sockets.connections(slack.credentials.appId)).toBe(0)
    await until(() => heard.length === 1)
    expect(heard[0]?.retryNum).toBe(2)
  })

  it.each(['refresh_requested', 'warning'] as const)(
    'gets a new connection from Bolt after disconnect: %s',
    async (reason) => {
      const heard: Parameters<typeof record>[0] = []
      const { slack } = await start(record(heard), {}, soonMs)
      const opened = () => slack.calls.filter(({ method }) => method === 'apps.connections.open').length
      slack.sockets.disconnect(slack.credentials.appId, reason)
      await until(() => opened() >= 2 && slack.sockets.connections(slack.credentials.appId) === 1)
      slack.people.postAs('you', 'alerts', 'after')
      await until(() => heard.length === 1)
      expect(slack.sockets.connections(slack.credentials.appId)).toBe(1)
    },
  )

  it('sends each event to one of several connections and turns the eleventh away', async () => {
    const { slack, served } = await start(() => undefined)
    const received: string[] = []
    const openSocket = async () => {
      const response = await fetch(`${served.apiUrl}apps.connections.open`, {
        method: 'POST',
        headers: { authorization: `Bearer ${slack.credentials.appToken}` },
      })
      const { url } = (await response.json()) as { url: string }
      const socket = new WebSocket(url)
      socket.addEventListener('message', ({ data }) => {
        const envelope = JSON.parse(String(data)) as { type: string; reason?: string; envelope_id?: string }
        received.push(envelope.reason ?? envelope.type)
        if (envelope.envelope_id) socket.send(JSON.stringify({ envelope_id: envelope.envelope_id }))
      })
      await until(() => received.length > 0)
      return socket
    }
    const sockets = []
    for (let more = 1; more <= 10; more += 1) {
      sockets.push(await openSocket())
      await until(() => received.length === more)
    }
    expect(received).toEqual([...Array.from({ length: 9 }, () => 'hello'), 'too_many_websockets'])
    for (let count = 0; count < 10; count += 1) slack.people.postAs('you', 'alerts', 'x')
    await until(() => received.length === 10 + 9)
    expect(received.slice(10)).toEqual(Array.from({ length: 9 }, () => 'events_api'))
    for (const socket of sockets) socket.close()
  })

  it('refuses a connection URL that was used already', async () => {
    const { slack, served } = await start(() => undefined)
    const stale = new WebSocket(`${served.url.replace('http', 'ws')}/link/?ticket=nobody`)
    const outcome = await new Promise((resolve) => {
      stale.addEventListener('error', () => {
        resolve('refused')
      })
      stale.addEventListener('open', () => {
        resolve('opened')
      })
    })
    expect(outcome).toBe('refused')
    expect(slack.sockets.connections(slack.credentials.appId)).toBe(1)
  })
})
