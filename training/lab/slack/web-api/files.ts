import { z } from 'zod'
import { authorFields } from '../posting.ts'
import { findMessage, type StoredFile, type WorkspaceState } from '../state.ts'
import { json, optionalText, required } from './arguments.ts'
import { defineMethod, refuse, type Method } from './method.ts'
import { reachChannel } from './reach.ts'

const getUploadUrl = defineMethod({
  name: 'files.getUploadURLExternal',
  tier: 'tier4',
  scope: 'files:write',
  args: z.looseObject({ filename: required, length: z.coerce.number().int().min(1) }),
  run: (call, args) => {
    const id = call.state.ids.id('F')
    call.state.files.set(id, {
      id,
      name: args.filename,
      appId: call.app.id,
      length: args.length,
      content: new Uint8Array(),
      completed: false,
      wire: {},
    })
    return { ok: true, upload_url: `${call.baseUrl()}/upload/${id}`, file_id: id }
  },
})

/** Takes the bytes of an announced upload; false when no such upload was announced or it is finished. */
export function receiveUpload(state: WorkspaceState, id: string, content: Uint8Array): boolean {
  const file = state.files.get(id)
  if (!file || file.completed) return false
  file.content = content
  return true
}

function complete(state: WorkspaceState, file: StoredFile, title: string, user: string): void {
  file.completed = true
  file.wire = {
    id: file.id,
    created: state.ids.seconds(),
    name: file.name,
    title,
    size: file.content.length,
    user,
    mode: 'hosted',
    is_external: false,
  }
}

const completeUpload = defineMethod({
  name: 'files.completeUploadExternal',
  tier: 'tier4',
  scope: 'files:write',
  args: z.looseObject({
    files: json.pipe(z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1)),
    channel_id: optionalText,
    thread_ts: optionalText,
    initial_comment: optionalText,
  }),
  run: (call, args) => {
    const uploads: StoredFile[] = []
    for (const { id, title } of args.files) {
      const file = call.state.files.get(id)
      if (!file || file.appId !== call.app.id || file.content.length === 0) return refuse('file_not_found')
      complete(call.state, file, title ?? file.name, call.app.botUserId)
      uploads.push(file)
    }
    const files = uploads.map((file) => file.wire)
    if (args.channel_id) {
      const reached = reachChannel(call, args.channel_id, 'write')
      if (!reached.ok) return reached
      if (args.thread_ts && !findMessage(call.state, reached.channel.id, args.thread_ts))
        return refuse('thread_not_found')
      call.posting.post(reached.channel, {
        author: authorFields(call.state, call.app),
        text: args.initial_comment ?? '',
        files,
        ...(args.thread_ts ? { threadTs: args.thread_ts } : {}),
      })
    }
    return { ok: true, files }
  },
})

const info = defineMethod({
  name: 'files.info',
  tier: 'tier4',
  scope: 'files:read',
  args: z.looseObject({ file: required }),
  run: (call, args) => {
    const file = call.state.files.get(args.file)
    return file?.completed
      ? { ok: true, file: file.wire, response_metadata: { next_cursor: '' } }
      : refuse('file_not_found')
  },
})

/** files.*, the external upload way (the only one left). */
export const fileMethods: readonly Method[] = [getUploadUrl, completeUpload, info]
