import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLabSlack, startSocketModeBolt, until, type LabSlack } from '../fixtures/bolt-on-lab.ts'

let lab: LabSlack
beforeEach(async () => {
  lab = await startLabSlack({ rateLimitScale: Number.POSITIVE_INFINITY, streamLifeMs: 1_000_000 })
})
afterEach(() => lab.close())

function userId(name: string): string {
  return [...lab.slack.state.users.values()].find((user) => user.name === name)?.id ?? ''
}

function opening() {
  const root = lab.slack.people.postAs('you', 'alerts', 'why?')
  const channel = [...lab.slack.state.channels.values()].find(({ name }) => name === 'alerts')?.id ?? ''
  return {
    channel,
    thread_ts: root.ts,
    recipient_user_id: userId('you'),
    recipient_team_id: lab.slack.credentials.teamId,
  }
}

const refusedWith = (error: string) => expect.objectContaining({ data: expect.objectContaining({ error }) })

describe('streamed messages', () => {
  it("shows what the client's own streamer sends: plan, tasks, text and closing blocks", async () => {
    const { channel, ...rest } = opening()
    const streamer = lab.client.chatStream({ channel, ...rest, task_display_mode: 'plan' })
    await streamer.append({
      chunks: [
        { type: 'plan_update', title: 'Investigating' },
        { type: 'task_update', id: '1', title: 'Ask Sentry', status: 'in_progress' },
      ],
    })
    await streamer.append({
      chunks: [{ type: 'task_update', id: '1', title: 'Ask Sentry', status: 'complete', output: 'found' }],
    })
    await streamer.stop({ markdown_text: '**Done.**', blocks: [{ type: 'divider' }] })
    const message = lab.slack.messages(channel, rest.thread_ts).at(-1)
    expect(message).toMatchObject({
      streaming_state: 'completed',
      blocks: [
        { type: 'plan', title: 'Investigating', tasks: [{ task_id: '1', status: 'complete' }] },
        { type: 'markdown', text: '**Done.**' },
        { type: 'divider' },
      ],
    })
    expect([...lab.slack.state.sessions.values()]).toMatchObject([{ status: 'active', threadTs: rest.thread_ts }])
  })

  it('refuses a channel stream without a person to stream to, or to a bot id', async () => {
    const { recipient_user_id: person, recipient_team_id: team, ...place } = opening()
    expect(person).toMatch(/^U/)
    const { startStream } = lab.client.chat
    await expect(startStream({ ...place, recipient_team_id: team })).rejects.toEqual(
      refusedWith('missing_recipient_user_id'),
    )
    await expect(startStream({ ...place, recipient_user_id: person })).rejects.toEqual(
      refusedWith('missing_recipient_team_id'),
    )
    await expect(
      startStream({ ...place, recipient_team_id: team, recipient_user_id: lab.slack.credentials.botId }),
    ).rejects.toEqual(refusedWith('invalid_arguments'))
  })

  it('refuses the task status completed, a second shape in one stream and more than about 10 KB', async () => {
    const place = opening()
    const { channel } = place
    const chunks = (status: string) => [{ type: 'task_update', id: '1', title: 'x', status }]
    await expect(lab.client.apiCall('chat.startStream', { ...place, chunks: chunks('completed') })).rejects.toEqual(
      refusedWith('invalid_chunks'),
    )
    const { ts } = await lab.client.chat.startStream({ ...place, markdown_text: 'hello' })
    await expect(lab.client.apiCall('chat.appendStream', { channel, ts, chunks: chunks('complete') })).rejects.toEqual(
      refusedWith('streaming_mode_mismatch'),
    )
    await expect(
      lab.client.chat.appendStream({ channel, ts: String(ts), markdown_text: 'é'.repeat(5_400) }),
    ).rejects.toEqual(refusedWith('msg_too_long'))
    await expect(lab.client.chat.update({ channel, ts: String(ts), text: 'edited' })).rejects.toEqual(
      refusedWith('streaming_state_conflict'),
    )
  })

  it('gives up on a stream after its life, for appending and stopping alike', async () => {
    const short = await startLabSlack({ streamLifeMs: -1 })
    const { people, credentials, state } = short.slack
    const root = people.postAs('you', 'alerts', 'why?')
    const channel = [...state.channels.values()].find(({ name }) => name === 'alerts')?.id ?? ''
    const { ts } = await short.client.chat.startStream({
      channel,
      thread_ts: root.ts,
      recipient_user_id: root.user,
      recipient_team_id: credentials.teamId,
      markdown_text: 'x',
    })
    const end = { channel, ts: String(ts), markdown_text: 'y' }
    await expect(short.client.chat.appendStream(end)).rejects.toEqual(refusedWith('message_not_in_streaming_state'))
    await expect(short.client.chat.stopStream(end)).rejects.toEqual(refusedWith('message_not_in_streaming_state'))
    expect(await short.client.chat.update({ channel, ts: String(ts), text: 'by edit' })).toMatchObject({ ok: true })
    await short.close()
  })

  it('tells the app when a person presses Stop, and takes no more for the streams it closed', async () => {
    const stopped: unknown[] = []
    const bolt = await startSocketModeBolt({}, (app) => {
      app.event('agent_session_stopped', ({ event }) => {
        stopped.push(event)
        return Promise.resolve()
      })
    })
    const { people, credentials } = bolt.slack
    const root = people.postAs('you', 'alerts', 'why?')
    const streamer = bolt.client.chatStream({
      channel: 'alerts',
      thread_ts: root.ts,
      recipient_user_id: root.user,
      recipient_team_id: credentials.teamId,
      buffer_size: 1,
    })
    await streamer.append({ markdown_text: 'looking' })
    people.stopSession('maya', 'alerts', root.ts)
    await until(() => stopped.length === 1)
    expect(stopped).toMatchObject([{ thread_ts: root.ts, streaming_message_ts: [streamer.ts] }])
    await expect(streamer.append({ markdown_text: 'more' })).rejects.toEqual(refusedWith('stopped_by_user'))
    await bolt.close()
  })

  it('shows a status under a thread until a message is posted there', async () => {
    const { channel, thread_ts: threadTs } = opening()
    const statuses: string[] = []
    lab.slack.state.subscribe((change) => {
      if (change.kind === 'thread_status') statuses.push(change.status)
    })
    await lab.client.assistant.threads.setStatus({
      channel_id: channel,
      thread_ts: threadTs,
      status: 'is asking Sentry',
    })
    expect(lab.slack.state.threadStatuses.size).toBe(1)
    await lab.client.chat.postMessage({ channel, thread_ts: threadTs, text: 'asked' })
    expect(lab.slack.state.threadStatuses.size).toBe(0)
    expect(statuses).toEqual(['is asking Sentry', ''])
  })
})
