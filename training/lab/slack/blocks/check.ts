import { z } from 'zod'
import type { Refusal, WireBlock } from '../records.ts'
import { block } from './block.ts'

/** Where blocks are shown; some kinds are not allowed everywhere. */
export type Surface = 'message' | 'modal' | 'home'

export type CheckedBlocks = { readonly ok: true; readonly blocks: WireBlock[] } | Refusal

const maxBlocks: Record<Surface, number> = { message: 50, modal: 100, home: 100 }
const agentBlocks = new Set(['plan', 'task_card', 'context_actions', 'feedback_buttons'])
/** Posted blocks are refused at about 13,200 characters altogether (reported, undocumented). */
const maxCharacters = 13_200

type Issue = z.core.$ZodIssue

function pointer(path: readonly PropertyKey[], root: string): string {
  return `[json-pointer:${root}${path.map((step) => `/${String(step)}`).join('')}]`
}

function describeSize(issue: Issue & { code: 'too_big' | 'too_small' }, at: string): string {
  const bound = issue.code === 'too_big' ? Number(issue.maximum) : Number(issue.minimum)
  if (issue.origin === 'array')
    return issue.code === 'too_big'
      ? `no more than ${bound} items allowed ${at}`
      : `no fewer than ${bound} items allowed ${at}`
  const unit = issue.origin === 'string' ? ' characters' : ''
  return issue.code === 'too_big'
    ? `must be less than ${bound + 1}${unit} ${at}`
    : `must be more than ${bound - 1}${unit} ${at}`
}

/** One schema issue in Slack's words. A union's issue is about the `type` that chooses its member, which its path ends with. */
function describe(issue: Issue, root: string): string[] {
  const at = pointer(issue.path, root)
  switch (issue.code) {
    case 'too_big':
    case 'too_small':
      return [describeSize(issue, at)]
    case 'unrecognized_keys':
      return issue.keys.map((key) => `invalid additional property: ${key} ${at}`)
    case 'invalid_union': {
      const given = z.object({ type: z.string() }).safeParse(issue.input)
      if (!given.success) return [`missing required field: type ${pointer(issue.path.slice(0, -1), root)}`]
      return [`unsupported type: ${given.data.type} ${at}`]
    }
    case 'invalid_type':
      if (issue.input === undefined)
        return [`missing required field: ${String(issue.path.at(-1))} ${pointer(issue.path.slice(0, -1), root)}`]
      return [`must provide ${article(issue.expected)} ${at}`]
    case 'invalid_value':
      return issue.input === undefined
        ? [`missing required field: ${String(issue.path.at(-1))} ${pointer(issue.path.slice(0, -1), root)}`]
        : [`must be a valid enum value ${at}`]
    case 'invalid_format':
      return [`must be a valid ${issue.format === 'url' ? 'URL' : issue.format} ${at}`]
    default:
      return [`failed to match all allowed schemas ${at}`]
  }
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`
}

/** A refusal whose reasons stand both in `errors` and, marked, in response_metadata.messages, as Slack gives them. */
export function refuseWith(error: string, reasons: readonly string[]): Refusal {
  return {
    ok: false,
    error,
    errors: reasons,
    response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
  }
}

/** Schema issues in Slack's words, paths as JSON pointers below `root`. */
export function describeIssues(issues: readonly Issue[], root: string): string[] {
  return issues.flatMap((issue) => describe(issue, root))
}

function surfaceFaults(blocks: readonly WireBlock[], surface: Surface, root: string): string[] {
  const kinds = new Set(blocks.map((candidate) => candidate.type))
  return blocks.flatMap((candidate, index) => {
    const at = pointer([index], root)
    const faults: string[] = []
    if (candidate.type === 'section' && candidate['text'] === undefined && candidate['fields'] === undefined)
      faults.push(`missing required field: text ${at}`)
    if (
      candidate.type === 'image' &&
      (candidate['image_url'] === undefined) === (candidate['slack_file'] === undefined)
    )
      faults.push(`must provide exactly one of image_url and slack_file ${at}`)
    if (surface === 'message' && candidate.type === 'alert') faults.push(`unsupported type: alert ${at}`)
    if (surface !== 'message' && agentBlocks.has(candidate.type))
      faults.push(`unsupported type: ${candidate.type} ${at}`)
    if (candidate.type === 'task_card' && kinds.has('plan')) faults.push(`task_card cannot be used with plan ${at}`)
    return faults
  })
}

function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}

function idFaults(blocks: readonly WireBlock[], root: string): string[] {
  const ids = blocks.flatMap((candidate) => (candidate.block_id === undefined ? [] : [candidate.block_id]))
  const repeatedActions = blocks.flatMap((candidate, index) => {
    const elements = z.array(z.looseObject({ action_id: z.string().optional() })).safeParse(candidate['elements'])
    if (!elements.success) return []
    const used = elements.data.flatMap((element) => (element.action_id === undefined ? [] : [element.action_id]))
    return duplicates(used).map((id) => `\`action_id\` "${id}" already exists ${pointer([index], root)}`)
  })
  const taskIds = blocks.flatMap((candidate) => {
    const tasks = z
      .array(z.looseObject({ task_id: z.string() }))
      .safeParse(candidate.type === 'plan' ? candidate['tasks'] : [candidate])
    return tasks.success ? tasks.data.map((task) => task.task_id) : []
  })
  return [
    ...duplicates(ids).map((id) => `\`block_id\` "${id}" already exists ${pointer([], root)}`),
    ...repeatedActions,
    ...duplicates(taskIds).map((id) => `\`task_id\` "${id}" already exists ${pointer([], root)}`),
  ]
}

/** All the text a reader sees in a value: the strings under text-carrying fields, in characters. */
function countCharacters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countCharacters(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [key, item]) => {
    const readable = typeof item === 'string' && ['text', 'title', 'alt_text', 'caption', 'url', 'value'].includes(key)
    return sum + (readable ? item.length : countCharacters(item))
  }, 0)
}

/**
 * Checks blocks as Slack's own validation does. In: parsed JSON of any shape. Out: the blocks unchanged, or the refusal
 * `invalid_blocks_format`, `invalid_blocks` (each fault with a JSON pointer below `root`) or `msg_blocks_too_long`.
 */
export function checkBlocks(given: unknown, surface: Surface, root = '/blocks'): CheckedBlocks {
  const list = z.array(z.looseObject({})).safeParse(given)
  if (!list.success) return { ok: false, error: 'invalid_blocks_format' }
  if (list.data.length > maxBlocks[surface])
    return refuseWith('invalid_blocks', [`no more than ${maxBlocks[surface]} items allowed [json-pointer:${root}]`])
  const parsed = z.array(block).safeParse(given, { reportInput: true })
  if (!parsed.success) return refuseWith('invalid_blocks', describeIssues(parsed.error.issues, root))
  const blocks = list.data as WireBlock[]
  const faults = [...surfaceFaults(blocks, surface, root), ...idFaults(blocks, root)]
  if (faults.length > 0) return refuseWith('invalid_blocks', faults)
  if (surface === 'message' && countCharacters(blocks) > maxCharacters)
    return { ok: false, error: 'msg_blocks_too_long' }
  return { ok: true, blocks }
}
