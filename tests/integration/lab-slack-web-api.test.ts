import { ErrorCode, WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLabSlack, until, type LabSlack } from '../fixtures/bolt-on-lab.ts'

let lab: LabSlack
beforeEach(async () => {
  lab = await startLabSlack({ rateLimitScale: Number.POSITIVE_INFINITY })
})
afterEach(() => lab.close())

function channelId(name: string): string {
  const channel = [...lab.slack.state.channels.values()].find((candidate) => candidate.name === name)
  return channel?.id ?? `no channel ${name}`
}

/** What Slack refused, as the real client reports it. */
async function refusal(call: Promise<unknown>): Promise<{ error: string; messages: string[] }> {
  const failure: unknown = await call.then(
    () => {
      throw new Error('The call was accepted.')
    },
    (error: unknown) => error,
  )
  const { data } = failure as { data: { error: string; response_metadata?: { messages?: string[] } } }
  return { error: data.error, messages: data.response_metadata?.messages ?? [] }
}

describe('the Web API of the Slack workspace', () => {
  it('tells a bot who it is', async () => {
    const { botUserId, botId, teamId } = lab.slack.credentials
    expect(await lab.client.auth.test()).toMatchObject({ ok: true, user_id: botUserId, bot_id: botId, team_id: teamId })
  })

  it('posts, threads, edits and deletes a message', async () => {
    const channel = channelId('alerts')
    const root = await lab.client.chat.postMessage({ channel, text: 'looking' })
    const reply = await lab.client.chat.postMessage({ channel, text: 'found', thread_ts: String(root.ts) })
    await lab.client.chat.update({ channel, ts: String(reply.ts), text: 'found it' })
    const thread = await lab.client.conversations.replies({ channel, ts: String(root.ts) })
    expect(thread.messages).toMatchObject([
      { text: 'looking', reply_count: 1, latest_reply: reply.ts },
      { text: 'found it', thread_ts: root.ts, edited: { user: lab.slack.credentials.botUserId } },
    ])
    await lab.client.chat.delete({ channel, ts: String(reply.ts) })
    expect(lab.slack.messages('alerts')).toHaveLength(1)
  })

  it('names the author of a bot message as a granular app, without a subtype', async () => {
    const { message } = await lab.client.chat.postMessage({ channel: channelId('alerts'), text: 'hello' })
    expect(message).toMatchObject({
      bot_id: lab.slack.credentials.botId,
      app_id: lab.slack.credentials.appId,
      bot_profile: { name: 'Foreman' },
    })
    expect(message).not.toHaveProperty('subtype')
  })

  it('gives every message a later timestamp with six decimals, even at one instant', async () => {
    const slack = await startLabSlack({ clock: { now: () => new Date('2026-03-01T10:00:00Z') } })
    const texts = ['a', 'b', 'c'].map((text) => slack.slack.people.postAs('you', 'alerts', text).ts)
    await slack.close()
    expect(texts).toEqual(['1772359200.000000', '1772359200.000001', '1772359200.000002'])
  })

  it('keeps metadata and returns it only when asked', async () => {
    const channel = channelId('alerts')
    const metadata = { event_type: 'foreman_post', event_payload: { key: 'run-1/report' } }
    const { ts } = await lab.client.chat.postMessage({ channel, text: 'report', metadata })
    const bare = await lab.client.conversations.replies({ channel, ts: String(ts) })
    const full = await lab.client.conversations.replies({ channel, ts: String(ts), include_all_metadata: true })
    expect(bare.messages?.[0]).not.toHaveProperty('metadata')
    expect(full.messages?.[0]).toMatchObject({ metadata })
  })

  it('pages through history, newest first', async () => {
    const channel = channelId('alerts')
    for (const text of ['1', '2', '3']) lab.slack.people.postAs('maya', 'alerts', text)
    const first = await lab.client.conversations.history({ channel, limit: 2 })
    const second = await lab.client.conversations.history({
      channel,
      limit: 2,
      cursor: String(first.response_metadata?.next_cursor),
    })
    expect([first, second].map((page) => page.messages?.map(({ text }) => text))).toEqual([['3', '2'], ['1']])
  })

  it('truncates text at 40,000 characters with a warning', async () => {
    const posted = await lab.client.chat.postMessage({ channel: channelId('alerts'), text: 'x'.repeat(40_001) })
    expect(posted.message?.text).toHaveLength(40_000)
    expect(posted).toMatchObject({ warning: 'message_truncated' })
  })

  it('shares an uploaded file in a thread', async () => {
    const root = lab.slack.people.postAs('you', 'alerts', 'logs please')
    await lab.client.filesUploadV2({
      channel_id: channelId('alerts'),
      thread_ts: root.ts,
      filename: 'log.txt',
      content: 'line one',
    })
    expect(lab.slack.messages('alerts', root.ts).at(-1)).toMatchObject({ files: [{ name: 'log.txt', size: 8 }] })
  })

  it('adds and takes back reactions', async () => {
    const { ts } = lab.slack.people.postAs('you', 'alerts', 'look')
    const place = { channel: channelId('alerts'), timestamp: ts, name: 'eyes' }
    await lab.client.reactions.add(place)
    expect(lab.slack.messages('alerts')[0]?.reactions).toEqual([
      { name: 'eyes', users: [lab.slack.credentials.botUserId] },
    ])
    expect(await refusal(lab.client.reactions.add(place))).toMatchObject({ error: 'already_reacted' })
    await lab.client.reactions.remove(place)
    expect(await refusal(lab.client.reactions.remove(place))).toMatchObject({ error: 'no_reaction' })
  })

  it('posts to a person by opening the direct message', async () => {
    const you = [...lab.slack.state.users.values()].find(({ name }) => name === 'you')
    const { channel } = await lab.client.chat.postMessage({ channel: String(you?.id), text: 'between us' })
    expect(channel).toMatch(/^D/)
    expect(lab.slack.messages(String(channel))).toHaveLength(1)
  })

  it.each([
    ['in an unknown channel', 'C404', {}, 'channel_not_found'],
    ['in a private channel the bot is not in', 'payroll', {}, 'channel_not_found'],
    ['in a public channel the bot is not in', 'general', {}, 'not_in_channel'],
    ['no content at all', 'alerts', { text: '' }, 'no_text'],
    ['blocks that are no list', 'alerts', { blocks: '{"type":"section"}' }, 'invalid_blocks_format'],
    ['in a thread that does not exist', 'alerts', { thread_ts: '1.000001' }, 'thread_not_found'],
    ['metadata without a payload', 'alerts', { metadata: { event_type: 'x' } }, 'invalid_metadata_format'],
    ['markdown beside text', 'alerts', { markdown_text: '**x**' }, 'markdown_text_conflict'],
  ])('refuses to post %s', async (_case, channel, fields, error) => {
    const args = { channel: channelId(channel), text: 'hello', ...fields }
    expect(await refusal(lab.client.apiCall('chat.postMessage', args))).toMatchObject({ error })
    expect(lab.slack.messages('alerts')).toHaveLength(0)
  })

  it('refuses to write in an archived channel', async () => {
    const channel = lab.slack.state.channels.get(channelId('alerts'))
    if (channel) channel.archived = true
    expect(await refusal(lab.client.chat.postMessage({ channel: channelId('alerts'), text: 'late' }))).toMatchObject({
      error: 'is_archived',
    })
  })

  it("refuses to edit or delete other people's messages, and edits above 4,000 characters", async () => {
    const channel = channelId('alerts')
    const foreign = lab.slack.people.postAs('maya', 'alerts', 'mine')
    const own = await lab.client.chat.postMessage({ channel, text: 'short' })
    const { client } = lab
    expect(await refusal(client.chat.update({ channel, ts: foreign.ts, text: 'yours' }))).toMatchObject({
      error: 'cant_update_message',
    })
    expect(await refusal(client.chat.delete({ channel, ts: foreign.ts }))).toMatchObject({
      error: 'cant_delete_message',
    })
    expect(await refusal(client.chat.update({ channel, ts: '1.000001', text: 'x' }))).toMatchObject({
      error: 'message_not_found',
    })
    expect(await refusal(client.chat.update({ channel, ts: String(own.ts), text: 'x'.repeat(4001) }))).toMatchObject({
      error: 'msg_too_long',
    })
  })

  it('refuses unknown tokens, missing tokens, the wrong kind of token, missing scopes and unknown methods', async () => {
    const { apiUrl } = lab.served
    const options = { slackApiUrl: apiUrl, retryConfig: { retries: 0 } }
    const narrow = await startLabSlack({ app: { scopes: ['chat:write'] } })
    expect(await refusal(new WebClient('xoxb-nobody', options).auth.test())).toMatchObject({ error: 'invalid_auth' })
    expect(await (await fetch(`${apiUrl}auth.test`, { method: 'POST' })).json()).toMatchObject({ error: 'not_authed' })
    expect(await refusal(lab.client.apps.connections.open())).toMatchObject({ error: 'not_allowed_token_type' })
    expect(await refusal(lab.client.apiCall('chat.shout', {}))).toMatchObject({ error: 'unknown_method' })
    expect(await refusal(narrow.client.users.list({}))).toMatchObject({ error: 'missing_scope' })
    expect(
      await refusal(narrow.client.conversations.history({ channel: [...narrow.slack.state.channels.keys()][1] ?? '' })),
    ).toMatchObject({ error: 'missing_scope' })
    await narrow.close()
  })

  it('takes JSON bodies as well as forms', async () => {
    const response = await fetch(`${lab.served.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${lab.slack.credentials.botToken}`,
        'content-type': 'application/json; charset=utf-8',
      },
      body: JSON.stringify({ channel: channelId('alerts'), text: 'json', blocks: [{ type: 'divider' }] }),
    })
    expect(await response.json()).toMatchObject({ ok: true, message: { text: 'json', blocks: [{ type: 'divider' }] } })
  })
})

describe('the limits and planned faults of the Web API', () => {
  it('answers 429 with Retry-After once a tier is used up, per method', async () => {
    const limited = await startLabSlack({ rateLimitScale: 0.02 })
    await limited.client.chat.update({ channel: 'C404', ts: '1', text: 'x' }).catch(() => undefined)
    const failure = await limited.client.chat
      .update({ channel: 'C404', ts: '1', text: 'x' })
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: expect.any(Number) })
    expect(await limited.client.auth.test()).toMatchObject({ ok: true })
    await limited.close()
  })

  it('limits posting per channel and lets short bursts through', async () => {
    const limited = await startLabSlack()
    const [general, alerts, incidents] = [...limited.slack.state.channels.keys()]
    expect(general).toBeDefined()
    const post = (channel = '') => limited.client.chat.postMessage({ channel, text: 'x' })
    for (let burst = 0; burst < 6; burst += 1) await post(alerts)
    await expect(post(alerts)).rejects.toMatchObject({ code: ErrorCode.RateLimitedError })
    expect(await post(incidents)).toMatchObject({ ok: true })
    await limited.close()
  })

  it('answers 500 after having accepted a message', async () => {
    lab.slack.faults.add({ method: 'chat.postMessage', kind: { type: 'server_error_after_acceptance' } })
    await expect(lab.client.chat.postMessage({ channel: channelId('alerts'), text: 'once' })).rejects.toMatchObject({
      code: ErrorCode.HTTPError,
    })
    expect(lab.slack.messages('alerts')).toMatchObject([{ text: 'once' }])
  })

  it('answers 429 as often as planned, then as usual', async () => {
    lab.slack.faults.add({ method: 'chat.postMessage', times: 2, kind: { type: 'ratelimited', retryAfter: 7 } })
    const post = () => lab.client.chat.postMessage({ channel: channelId('alerts'), text: 'x' })
    await expect(post()).rejects.toMatchObject({ retryAfter: 7 })
    await expect(post()).rejects.toMatchObject({ retryAfter: 7 })
    expect(await post()).toMatchObject({ ok: true })
  })

  it('hangs until released', async () => {
    lab.slack.faults.add({ method: '*', kind: { type: 'hang' } })
    let answered = false
    const call = lab.client.auth.test().then(() => {
      answered = true
    })
    await until(() => lab.slack.faults.hanging() === 1)
    expect(answered).toBe(false)
    lab.slack.faults.release()
    await call
    expect(answered).toBe(true)
  })
})
