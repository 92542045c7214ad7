import { z } from 'zod'
import { checkBlocks, describeIssues, refuseWith } from './blocks/check.ts'
import { urlSource } from './blocks/elements.ts'
import type { Refusal, WireBlock } from './records.ts'

/** A message being streamed: what its chunks add up to so far. */
export interface Stream {
  readonly appId: string
  readonly channel: string
  readonly ts: string
  readonly threadTs: string
  /** The shape of the opening call; the stream takes no other for the rest of its life. */
  readonly mode: 'text' | 'chunks'
  readonly display: 'timeline' | 'plan'
  readonly startedAt: number
  text: string
  planTitle: string
  readonly tasks: Map<string, TaskUpdate>
  blocks: WireBlock[]
  stoppedByUser: boolean
  closed: boolean
}

const taskUpdate = z.object({
  type: z.literal('task_update'),
  id: z.string().min(1),
  title: z.string().min(1),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  details: z.string().optional(),
  output: z.string().optional(),
  sources: z.array(urlSource).optional(),
})
type TaskUpdate = z.infer<typeof taskUpdate>

const chunk = z.discriminatedUnion('type', [
  z.object({ type: z.literal('markdown_text'), text: z.string() }),
  taskUpdate,
  z.object({ type: z.literal('plan_update'), title: z.string().min(1) }),
  z.object({ type: z.literal('blocks'), blocks: z.unknown() }),
])
export type Chunk = z.infer<typeof chunk>

/** A whole streamed message is refused above about this many bytes (reported between 10.6 and 11.3 KB). */
const maxBytes = 10_600
const maxMarkdown = 12_000

/** Parses chunks: `invalid_chunks` with each fault named, or `invalid_blocks` for blocks inside a chunk. */
export function checkChunks(given: unknown): { readonly ok: true; readonly chunks: Chunk[] } | Refusal {
  if (given === undefined) return { ok: true, chunks: [] }
  const parsed = z.array(chunk).safeParse(given, { reportInput: true })
  if (!parsed.success) return refuseWith('invalid_chunks', describeIssues(parsed.error.issues, '/chunks'))
  for (const part of parsed.data) {
    if (part.type !== 'blocks') continue
    const checked = checkBlocks(part.blocks, 'message')
    if (!checked.ok) return checked
  }
  return { ok: true, chunks: parsed.data }
}

/** Adds chunks to a stream, or refuses with `msg_too_long` and leaves it as it was. */
export function appendChunks(stream: Stream, chunks: readonly Chunk[]): { readonly ok: true } | Refusal {
  const grown = { ...stream, tasks: new Map(stream.tasks), blocks: [...stream.blocks] }
  for (const part of chunks) {
    if (part.type === 'markdown_text') grown.text += part.text
    else if (part.type === 'plan_update') grown.planTitle = part.title
    else if (part.type === 'task_update') grown.tasks.set(part.id, part)
    else grown.blocks.push(...(part.blocks as WireBlock[]))
  }
  const taskBytes = [...grown.tasks.values()].reduce((sum, task) => sum + Buffer.byteLength(JSON.stringify(task)), 0)
  if (grown.text.length > maxMarkdown || Buffer.byteLength(grown.text) + taskBytes > maxBytes)
    return { ok: false, error: 'msg_too_long' }
  Object.assign(stream, { text: grown.text, planTitle: grown.planTitle, blocks: grown.blocks })
  stream.tasks.clear()
  for (const [id, task] of grown.tasks) stream.tasks.set(id, task)
  return { ok: true }
}

function paragraph(text: string): WireBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] }
}

function taskCard(task: TaskUpdate): WireBlock {
  return {
    type: 'task_card',
    task_id: task.id,
    title: task.title,
    status: task.status,
    ...(task.details ? { details: paragraph(task.details) } : {}),
    ...(task.output ? { output: paragraph(task.output) } : {}),
    ...(task.sources ? { sources: task.sources } : {}),
  }
}

/** The blocks a stream shows: its plan or task cards, its text, then whole blocks that were appended. */
export function streamBlocks(stream: Stream): WireBlock[] {
  const cards = [...stream.tasks.values()].map(taskCard)
  const plan: WireBlock[] =
    stream.display === 'plan' && cards.length > 0
      ? [{ type: 'plan', title: stream.planTitle || 'Working', tasks: cards }]
      : cards
  const text: WireBlock[] = stream.text === '' ? [] : [{ type: 'markdown', text: stream.text }]
  return [...plan, ...text, ...stream.blocks]
}
