import type { App } from '@slack/bolt'
import { z } from 'zod'
import { section } from '../render/message.ts'
import { asForemanError } from '../slack-calls.ts'
import { ask } from './asking.ts'
import type { ListenerParts } from './parts.ts'
import { errorText } from './tell.ts'

const Command = z.looseObject({ channel_id: z.string(), user_id: z.string(), team_id: z.string().catch(''), text: z.string().catch(''), trigger_id: z.string() })
const help = 'Ask a question, for example: `/foreman why do checkouts fail since 14:00?`'

/** `/foreman <question>`: the question is posted for all to see, and its thread is where the answer goes. */
export function listenToCommands(app: App, parts: ListenerParts): void {
  app.command('/foreman', async ({ ack, body, respond }) => {
    const { text: given, channel_id: channel, user_id: user, team_id: team, trigger_id: trigger } = Command.parse(body)
    const text = given.trim()
    if (text === '') return await ack({ response_type: 'ephemeral', text: help })
    await ack()
    parts.background.run('a slash command', async () => {
      const question = parts.sanitiser.escaped(text, 2500)
      const shown = `<@${user}> asks: ${question}`
      let ts: string | undefined
      try {
        const posted = await parts.client.chat.postMessage({ channel, text: shown, blocks: [section(shown)], unfurl_links: false, unfurl_media: false })
        ts = posted.ts
      } catch (error) {
        parts.log.warn({ error: String(error) }, 'A question could not be posted')
        return await respond({ response_type: 'ephemeral', text: parts.sanitiser.escaped(errorText(asForemanError(error, 'your question')), 1000) })
      }
      if (ts === undefined) return undefined
      return await ask(parts, { source: 'command', text, user, place: { team, channel, threadTs: ts }, claims: [`slack-command:${trigger}`] })
    })
  })
}
