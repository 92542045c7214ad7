import { beforeEach, describe, expect, it } from 'vitest'
import { createWorkspacePage } from '../../training/lab/page/workspace-page.ts'
import { createSlackWorkspace, type SlackWorkspace } from '../../training/lab/slack/workspace.ts'

const json = { 'content-type': 'application/json' }
let slack: SlackWorkspace
let fired: string[]
beforeEach(() => {
  fired = []
  slack = createSlackWorkspace()
  const fire = (id: string) => {
    fired.push(id)
    return Promise.resolve(undefined)
  }
  slack.mount(createWorkspacePage({ slack, incidents: [{ id: 'one', title: 'One', description: '' }], fire }))
})

function post(path: string, body: unknown, headers: Record<string, string> = json) {
  return slack.app.request(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe("the page's server", () => {
  it('forbids everything that does not come from itself', async () => {
    const response = await slack.app.request('/')
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    )
    expect(await response.text()).not.toMatch(/https?:\/\//)
  })

  it('serves its own files and no others', async () => {
    expect((await slack.app.request('/page/app.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect((await slack.app.request('/page/..%2fworkspace-page.ts')).status).toBe(404)
  })

  it('fires known incidents only', async () => {
    expect((await post('/workspace/incidents/one/fire', {})).status).toBe(200)
    expect((await post('/workspace/incidents/two/fire', {})).status).toBe(404)
    expect(fired).toEqual(['one'])
  })

  it('takes acts as JSON from this machine only, so that no other site can make them', async () => {
    const message = { channel: 'alerts', text: 'hi' }
    expect((await post('/workspace/messages', message, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post('http://rebound.example/workspace/messages', message)).status).toBe(403)
    expect(slack.messages('alerts')).toHaveLength(0)
    expect((await post('/workspace/messages', message)).status).toBe(200)
    expect(slack.messages('alerts')).toHaveLength(1)
  })

  it('answers an act that fits nothing with the reason', async () => {
    const response = await post('/workspace/messages', { channel: 'nowhere', text: 'hi' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: expect.stringContaining('No channel is called nowhere') })
  })

  it('shows a person what is theirs: their channels and what was whispered to them', async () => {
    slack.people.postAs('maya', 'alerts', 'seen')
    const payroll = [...slack.state.channels.values()].find(({ name }) => name === 'payroll')
    const you = [...slack.state.users.values()].find(({ name }) => name === 'you')
    payroll?.members.delete(you?.id ?? '')
    slack.people.postAs('maya', 'payroll', 'hidden')
    const state = (await (await slack.app.request('/workspace/state')).json()) as {
      channels: { name: string }[]
      messages: { text: string }[]
    }
    expect(state.channels.map(({ name }) => name)).toEqual(['general', 'alerts', 'incidents'])
    expect(state.messages.map(({ text }) => text)).toEqual(['seen'])
  })

  it('streams changes as they happen', async () => {
    const response = await slack.app.request('/workspace/stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let seen = String((await reader?.read())?.value)
    slack.people.postAs('maya', 'alerts', 'live')
    while (!seen.includes('"live"')) seen += String((await reader?.read())?.value)
    expect(seen).toContain('"kind":"message"')
    await reader?.cancel()
  })
})
