import type { App } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { Hono } from 'hono'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWorkspacePage } from '../../training/lab/page/workspace-page.ts'
import { startSocketModeBolt, until, type BoltOnLab } from '../fixtures/bolt-on-lab.ts'
import { findSystemProgram } from '../setup/system-programs.ts'

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const alert = {
  organization: 'harbour',
  project: 'web',
  issueId: '1',
  shortId: 'WEB-1',
  title: 'TypeError: <img src=x onerror=alert(1)>',
}
const incident = { id: 'one', title: 'Checkout fails', description: 'Payments answer 500.' }
const modal: ModalView = {
  type: 'modal',
  callback_id: 'correct',
  title: plain('What was it?'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input',
      block_id: 'cause',
      label: plain('Root cause'),
      element: { type: 'plain_text_input', action_id: 'text', multiline: true },
    },
  ],
}
const report = [
  { type: 'plan', title: 'Investigated WEB-1', tasks: [{ task_id: '1', title: 'Read the issue', status: 'complete' }] },
  { type: 'markdown', text: 'The **culprit** is `web`.' },
  {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'fb',
        positive_button: { text: plain('Right'), value: 'up' },
        negative_button: { text: plain('Wrong'), value: 'down' },
      },
    ],
  },
]

let browser: Browser
let lab: BoltOnLab
let page: Page
let complaints: string[]
let corrections: unknown[]
let streams: { asked: number; toCut: number }

/** A bot that reports on an alert, answers replies and takes corrections: just enough to drive every part of the page. */
function smallBot(app: App): void {
  app.message(async ({ message, client }) => {
    if (message.subtype !== undefined || message.channel_type === 'im') return
    const threadTs = message.thread_ts ?? message.ts
    if ('app_id' in message && message.thread_ts === undefined)
      await client.apiCall('chat.postMessage', {
        channel: message.channel,
        thread_ts: threadTs,
        text: 'Root cause',
        blocks: report,
      })
    else if (message.bot_id === undefined)
      await client.chat.postMessage({ channel: message.channel, thread_ts: threadTs, text: 'No, it was *not*.' })
  })
  app.action('fb', async ({ ack, body, client }) => {
    await ack()
    if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: modal })
  })
  app.view('correct', async ({ ack, view }) => {
    corrections.push(view.state.values['cause']?.['text']?.value)
    await ack()
  })
}

/** Answers as many streams as `toCut` says with one that ends at once, to be tried again after a second. */
function cuttingStreams(): Hono {
  const gate = new Hono()
  gate.get('/workspace/stream', (context) => {
    streams.asked += 1
    if (streams.toCut === 0) return context.notFound()
    streams.toCut -= 1
    return context.body('retry: 1000\n\n', 200, { 'content-type': 'text/event-stream' })
  })
  return gate
}

beforeAll(async () => {
  const executablePath = findSystemProgram('chromium')
  if (executablePath === undefined) throw new Error('Chromium is missing: npm test installs it or says how.')
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  browser = await chromium.launch({ executablePath, args })
})
afterAll(() => browser.close())

beforeEach(async () => {
  complaints = []
  corrections = []
  streams = { asked: 0, toCut: 0 }
  lab = await startSocketModeBolt({ rateLimitScale: Number.POSITIVE_INFINITY }, smallBot)
  const { slack } = lab
  const fire = () => {
    const { ts } = slack.people.postSentryAlert('alerts', alert)
    const channel = [...slack.state.channels.values()].find(({ name }) => name === 'alerts')?.id ?? ''
    return Promise.resolve({ channel, ts })
  }
  slack.mount(cuttingStreams())
  slack.mount(createWorkspacePage({ slack, incidents: [incident], fire }))
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(lab.served.url)
})
afterEach(async () => {
  await page.close()
  await lab.close()
})

describe('the workspace page', () => {
  it('fires an alert, shows the report in its thread and answers a follow-up', async () => {
    await page.getByRole('button', { name: 'Fire alert: Checkout fails' }).click()
    const thread = page.getByRole('complementary', { name: 'Thread' })
    await thread.getByText('Investigated WEB-1').waitFor()
    expect(await thread.locator('.markdown').innerHTML()).toBe(
      '<p class="lines">The <strong>culprit</strong> is <code>web</code>.</p>',
    )
    const box = thread.getByRole('textbox', { name: 'Reply in thread' })
    await box.fill('Was it the <b>deploy</b> & @foreman?')
    await box.press('Enter')
    await thread.getByText('No, it was').waitFor()
    expect(await thread.getByText('Was it the').innerText()).toBe('Was it the <b>deploy</b> & @Foreman?')
    expect(await box.inputValue()).toBe('')
    expect(await page.locator('img').count()).toBe(0)
    await page.screenshot({ path: 'tests/artifacts/workspace-page.png' })
    expect(complaints).toEqual([])
  })

  it('takes a thumb down, asks for the cause in a modal and hands it to the bot', async () => {
    await page.getByRole('button', { name: 'Fire alert: Checkout fails' }).click()
    await page.getByRole('button', { name: 'Wrong' }).click()
    const dialog = page.getByRole('dialog', { name: 'What was it?' })
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.getByRole('alert').getByText('required').waitFor()
    await dialog.getByRole('textbox', { name: 'Root cause' }).fill('an expired token')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(corrections).toEqual(['an expired token'])
    expect(complaints).toEqual([])
  })

  it('keeps what is being typed while messages arrive', async () => {
    const box = page.getByRole('textbox', { name: 'Message #alerts' })
    await box.fill('half a sent')
    lab.slack.people.postAs('maya', 'alerts', 'meanwhile')
    await page.getByText('meanwhile').waitFor()
    await box.pressSequentially('ence')
    expect(await box.inputValue()).toBe('half a sentence')
    expect(await box.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
  })

  it('marks a channel with news and opens it by keyboard', async () => {
    await page.getByText('All quiet').waitFor()
    lab.slack.people.postAs('maya', 'general', 'lunch?')
    const item = page.getByRole('button', { name: 'general (new messages)' })
    await item.focus()
    await page.keyboard.press('Enter')
    await page.getByText('lunch?').waitFor()
    expect(await page.getByRole('button', { name: 'general', exact: true }).getAttribute('aria-current')).toBe('page')
  })

  it('says why a command cannot be run, and keeps it', async () => {
    await page.getByRole('textbox', { name: 'Message #alerts' }).fill('/nobody hello')
    await page.keyboard.press('Enter')
    await page.getByText('No app has the command /nobody').waitFor()
    expect(await page.getByRole('textbox', { name: 'Message #alerts' }).inputValue()).toBe('/nobody hello')
  })

  it('shows one panel at a time, without sideways scrolling, at 390 pixels', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByRole('button', { name: 'Fire alert: Checkout fails' }).click()
    await page.getByText('Investigated WEB-1').waitFor()
    expect(await page.getByRole('main').isVisible()).toBe(false)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await page.screenshot({ path: 'tests/artifacts/workspace-page-narrow.png' })
    await page.getByRole('button', { name: 'Close thread' }).click()
    await page.getByRole('button', { name: 'Channels' }).click()
    expect(await page.getByRole('button', { name: 'Incidents 1' }).isVisible()).toBe(true)
  })

  it('says that it lost the connection, and catches up when it is back', async () => {
    await until(() => streams.asked === 1)
    streams.toCut = 1
    await page.reload()
    await page.getByText('reconnecting…').waitFor()
    lab.slack.people.postAs('maya', 'alerts', 'while you were away')
    await page.getByText('while you were away').waitFor()
    await page.getByText('reconnecting…').waitFor({ state: 'hidden' })
    expect(await page.getByText('while you were away').count()).toBe(1)
  })
})
