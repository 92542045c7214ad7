import { fileURLToPath } from 'node:url'
import { readConfig } from '../../src/config.ts'
import type { Config } from '../../src/config.ts'
import type { Run } from '../../src/core/store.ts'
import { startBot } from '../../src/start.ts'
import type { RunningBot } from '../../src/start.ts'
import { createWorkspacePage } from '../lab/page/workspace-page.ts'
import { createSlackWorkspace } from '../lab/slack/workspace.ts'
import type { SlackWorkspace } from '../lab/slack/workspace.ts'
import { createLabRack } from './lab-rack.ts'
import type { LabRack, MountedTask } from './lab-rack.ts'
import { sentryAlertOf } from './sentry-alert.ts'

export interface DemoOptions {
  readonly tasksDirectory: string
  /** Where the bot keeps its database; a folder of its own per demo. */
  readonly home: string
  readonly port: number
  /** The incident to begin with. Checked before anything starts. */
  readonly task?: string | undefined
  /** A policy for every role; the live ones when undefined. */
  readonly policy?: string | undefined
  /** Model keys and the like come from here; everything else is the demo's own. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface Demo {
  readonly url: string
  readonly slack: SlackWorkspace
  readonly rack: LabRack
  readonly bot: RunningBot
  /** Sets an incident off: Sentry's alert, or a person's question. Returns where it stands. */
  fire(id: string): Promise<{ channel: string; ts: string }>
  stop(): Promise<void>
}

const channel = 'alerts'
const promptsDirectory = fileURLToPath(new URL('../../prompts', import.meta.url))

/** The real bot on the lab: a Slack workspace with a page, and every incident's world behind it. An unknown `task` throws a UserError that lists the known ones. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  // Closed in the reverse order of opening, whether the start fails half-way or the demo ends.
  const open = new AsyncDisposableStack()
  try {
    return await start(options, open)
  } catch (error) {
    await open.disposeAsync()
    throw error
  }
}

async function start(options: DemoOptions, open: AsyncDisposableStack): Promise<Demo> {
  const rack = await createLabRack(options.tasksDirectory)
  open.defer(() => rack.close())
  let current: MountedTask = await rack.mount(options.task ?? rack.tasks[0]?.id ?? '')
  const slack = createSlackWorkspace({ app: { name: 'Foreman' } })
  const channelId = [...slack.state.channels.values()].find(({ name }) => name === channel)?.id ?? channel
  const byThread = new Map<string, MountedTask>()
  const fire = async (id: string): Promise<{ channel: string; ts: string }> => {
    current = await rack.mount(id)
    const { loaded } = current
    const alert = sentryAlertOf(loaded.task, loaded.world)
    const message = alert
      ? slack.people.postSentryAlert(channel, alert)
      : slack.people.postAs('you', channel, `<@${slack.credentials.botUserId}> ${loaded.task.question}`)
    byThread.set(message.ts, current)
    return { channel: channelId, ts: message.ts }
  }
  slack.app.route('/', createWorkspacePage({ slack, fire, incidents: rack.tasks.map(({ id, title }) => ({ id, title, description: rackDescription(rack, id) })) }))
  const served = await slack.listen({ port: options.port })
  open.defer(() => served.close())
  const estateOf = async (run: Run | null) => {
    const { place, alert } = run?.request ?? {}
    const issue = alert?.sentry?.issueId
    return (byThread.get(place?.threadTs ?? '') ?? (issue === undefined ? undefined : rack.byIssue(issue)) ?? current).estate
  }
  const bot = await startBot(demoConfig(options, slack, served.apiUrl), 'all', { estateOf, promptsDirectory })
  open.defer(() => bot.stop())
  return { url: served.url, slack, rack, bot, fire, stop: () => open.disposeAsync() }
}

function demoConfig({ environment, home, policy }: DemoOptions, slack: SlackWorkspace, apiUrl: string): Config {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, CHAT_API_KEY, LOG_LEVEL } = environment
  return readConfig({
    OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, CHAT_API_KEY,
    LOG_LEVEL: LOG_LEVEL ?? 'error', FOREMAN_HOME: home, FOREMAN_POLICY: policy, PORT: '0', HOST: '127.0.0.1',
    SLACK_API_URL: apiUrl, SLACK_BOT_TOKEN: slack.credentials.botToken, SLACK_APP_TOKEN: slack.credentials.appToken, SLACK_ALERT_CHANNEL: channel,
  })
}

function rackDescription(rack: LabRack, id: string): string {
  const task = rack.tasks.find((candidate) => candidate.id === id)
  return task ? `Difficulty: ${task.difficulty}` : ''
}
