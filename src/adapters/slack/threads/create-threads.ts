import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { Place } from '../../../core/alert.ts'
import type { AgentEvent } from '../../../core/event.ts'
import type { Investigation } from '../../../core/investigation.ts'
import type { ThreadOpening, ThreadView, Threads } from '../../../core/thread.ts'
import type { Background } from '../background.ts'
import type { EdgeLog } from '../edge-log.ts'
import { section } from '../render/message.ts'
import type { Message } from '../render/message.ts'
import { plainPlanMessage, planMessage } from '../render/plan-message.ts'
import { plainReportMessage, reportMessage } from '../render/report-message.ts'
import type { Sanitiser } from '../sanitise.ts'
import { refusalCode } from '../slack-calls.ts'
import type { PostOnce } from './post-once.ts'
import { createProgressEditor } from './progress-editor.ts'
import type { ProgressEditor } from './progress-editor.ts'
import { advance, noProgress } from './progress.ts'
import type { Progress } from './progress.ts'

export interface ThreadsParts {
  readonly postOnce: PostOnce
  /** A client of its own, so that a throttled edit holds up edits and nothing else. */
  readonly editClient: WebClient
  readonly sanitiser: Sanitiser
  readonly background: Background
  readonly log: EdgeLog
  /** Where runs are shown that came from outside Slack, and the workspace it is in. */
  readonly alertChannel: { readonly id: string; readonly team: () => string } | undefined
  /** Milliseconds between two edits of one post. */
  readonly editEveryMs: number
}

/** After the answer is out, its progress post gets this long to be marked done; the run does not wait longer for it. */
const lastEditMs = 5000

/** The threads of a workspace: a plan that is edited as work goes on, then the report as a post of its own. */
export function createThreads(parts: ThreadsParts): Threads {
  return {
    open: async (opening) => {
      const place = opening.place ?? await makePlace(parts, opening)
      if (!place) return null
      const progress = noProgress(opening.workers)
      const post = await parts.postOnce({
        key: `${opening.runId}:opening`,
        runId: opening.runId,
        to: place,
        message: planMessage(opening, progress, parts.sanitiser),
        plain: plainPlanMessage(opening, progress, parts.sanitiser),
      })
      setSession(parts, opening, place, 'processing')
      return createView(parts, opening, place, { progress, editor: createPlanEditor(parts, opening, post) })
    },
  }
}

/** A post in the alert channel for what came from outside Slack: its thread is where the run is shown. */
async function makePlace({ postOnce, sanitiser, alertChannel }: ThreadsParts, { runId, title }: ThreadOpening): Promise<Place | undefined> {
  if (alertChannel === undefined) return undefined
  const text = sanitiser.escaped(title.replaceAll('\n', ' '), 300)
  const message = { text, blocks: [section(`*${text}*`)] }
  const { channel, ts } = await postOnce({ key: `${runId}:place`, runId, to: { channel: alertChannel.id }, message, plain: message })
  return { team: alertChannel.team(), channel, threadTs: ts }
}

function createView(parts: ThreadsParts, opening: ThreadOpening, place: Place, { progress: first, editor }: { progress: Progress; editor: ProgressEditor<Progress> }): ThreadView {
  let progress = first
  const end = async (act: string, message: Message, plain: Message): Promise<void> => {
    await parts.postOnce({ key: `${opening.runId}:${act}`, runId: opening.runId, to: place, message, plain })
    await editor.finish({ ...progress, ended: true }, lastEditMs)
    setSession(parts, opening, place, 'active')
  }
  return {
    place,
    emit: (event: AgentEvent) => {
      const next = advance(progress, event)
      if (next === progress) return
      progress = next
      editor.schedule(progress)
    },
    report: (investigation: Investigation) => end('report', reportMessage(investigation, parts.sanitiser), plainReportMessage(investigation, parts.sanitiser)),
    failed: (message) => {
      const text = parts.sanitiser.escaped(message, 2000)
      const said = { text, blocks: [section(text)] }
      return end('failed', said, said)
    },
    suspend: () => editor.stop(),
  }
}

/** Edits the plan; a workspace that refuses the plan block gets plain sections from then on. */
function createPlanEditor({ editClient, sanitiser, log, editEveryMs }: ThreadsParts, opening: ThreadOpening, { channel, ts }: { channel: string; ts: string }): ProgressEditor<Progress> {
  const update = (message: Message) => editClient.chat.update({ channel, ts, text: message.text, blocks: [...message.blocks] as KnownBlock[] })
  let refused = false
  return createProgressEditor<Progress>({
    intervalMs: editEveryMs,
    onFailure: (error) => log.warn({ error: String(error), run: opening.runId }, 'Slack did not take an edit of the progress post'),
    edit: async (progress) => {
      if (refused) return await update(plainPlanMessage(opening, progress, sanitiser))
      try {
        return await update(planMessage(opening, progress, sanitiser))
      } catch (error) {
        if (refusalCode(error) !== 'invalid_blocks') throw error
        refused = true
        return await update(plainPlanMessage(opening, progress, sanitiser))
      }
    },
  })
}

/** Gives the thread Slack's Stop button while a run works, and takes it away. Not every workspace has sessions: a refusal changes nothing. */
function setSession({ editClient, background, sanitiser, log }: ThreadsParts, { title, runId }: ThreadOpening, place: Place, status: 'processing' | 'active'): void {
  background.run('setting the session of a thread', async () => {
    try {
      await editClient.agents.sessions.setStatus({ status, channel_id: place.channel, thread_ts: place.threadTs, title: sanitiser.plain(title.replaceAll('\n', ' '), 200) })
    } catch (error) {
      log.debug({ error: String(error), run: runId }, 'Slack did not take the session of a thread')
    }
  })
}
