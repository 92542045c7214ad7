import { z } from 'zod'
import type { AgentSession } from '../records.ts'
import { threadKey } from '../state.ts'
import { json, optionalText, required } from './arguments.ts'
import { defineMethod, refuse, type Call, type Method } from './method.ts'
import { reachChannel } from './reach.ts'

const statuses = z.enum(['active', 'processing', 'suspended', 'closed'])

/** Creates or updates the agent session of a thread; streaming does this by itself. */
export function touchSession(
  call: Call,
  channel: string,
  threadTs: string,
  status: AgentSession['status'],
  streamTs?: string,
): AgentSession {
  const key = threadKey(channel, threadTs)
  const session = call.state.sessions.get(key) ?? {
    appId: call.app.id,
    channel,
    threadTs,
    status,
    title: '',
    streams: [],
  }
  session.status = status
  if (streamTs !== undefined) session.streams.push(streamTs)
  call.state.sessions.set(key, session)
  call.state.announce({ kind: 'session', session })
  return session
}

const setSessionStatus = defineMethod({
  name: 'agents.sessions.setStatus',
  tier: 'tier3',
  scope: 'chat:write',
  args: z.looseObject({
    status: statuses,
    channel_id: required,
    thread_ts: required,
    title: z.string().min(1).max(200).optional(),
  }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel_id, 'write')
    if (!reached.ok) return reached
    const session = touchSession(call, reached.channel.id, args.thread_ts, args.status)
    if (args.title !== undefined) session.title = args.title
    const warning = 'missing_agent_session_stopped_event_subscription'
    return {
      ok: true,
      ...(call.app.events.has('agent_session_stopped') ? {} : { warning, response_metadata: { warnings: [warning] } }),
    }
  },
})

const renameSession = defineMethod({
  name: 'agents.sessions.rename',
  tier: 'tier3',
  scope: 'chat:write',
  args: z.looseObject({ title: z.string().min(1).max(200), channel_id: required, thread_ts: required }),
  run: (call, args) => {
    const session = call.state.sessions.get(threadKey(args.channel_id, args.thread_ts))
    if (!session) return refuse('session_not_found')
    session.title = args.title
    call.state.announce({ kind: 'session', session })
    return { ok: true }
  },
})

/** Shows a status under a thread, for two minutes at most; an empty one clears it. */
function showStatus(call: Call, channel: string, threadTs: string, status: string): void {
  const key = threadKey(channel, threadTs)
  const tell = (now: string) => {
    call.state.announce({ kind: 'thread_status', channel, threadTs, status: now })
  }
  if (status === '') call.state.threadStatuses.delete(key)
  else call.state.threadStatuses.set(key, status)
  tell(status)
  if (status === '') return
  setTimeout(() => {
    if (call.state.threadStatuses.get(key) !== status) return
    call.state.threadStatuses.delete(key)
    tell('')
  }, call.statusLifeMs).unref()
}

const setThreadStatus = defineMethod({
  name: 'assistant.threads.setStatus',
  tier: 'special',
  args: z.looseObject({
    channel_id: required,
    thread_ts: required,
    status: z.string(),
    loading_messages: json.pipe(z.array(z.string()).max(10).optional()),
  }),
  run: (call, args) => {
    if (!call.app.scopes.has('chat:write') && !call.app.scopes.has('assistant:write'))
      return refuse('missing_scope', { needed: 'chat:write' })
    const reached = reachChannel(call, args.channel_id, 'write')
    if (!reached.ok) return reached
    showStatus(call, reached.channel.id, args.thread_ts, args.status)
    return { ok: true }
  },
})

const prompts = z
  .array(z.object({ title: z.string().min(1), message: z.string().min(1) }))
  .min(1)
  .max(4)

const setSuggestedPrompts = defineMethod({
  name: 'assistant.threads.setSuggestedPrompts',
  tier: 'special',
  scope: 'assistant:write',
  args: z.looseObject({
    channel_id: required,
    thread_ts: optionalText,
    title: optionalText,
    prompts: json.pipe(prompts),
  }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel_id, 'write')
    return reached.ok ? { ok: true } : reached
  },
})

const setThreadTitle = defineMethod({
  name: 'assistant.threads.setTitle',
  tier: 'special',
  scope: 'assistant:write',
  args: z.looseObject({ channel_id: required, thread_ts: required, title: z.string().min(1) }),
  run: (call, args) => {
    const reached = reachChannel(call, args.channel_id, 'write')
    return reached.ok ? { ok: true } : reached
  },
})

/** agents.sessions.* and assistant.threads.*. */
export const agentSessionMethods: readonly Method[] = [
  setSessionStatus,
  renameSession,
  setThreadStatus,
  setSuggestedPrompts,
  setThreadTitle,
]
