import { z } from 'zod'
import type { SlackMessage, WireBlock, WireObject } from './records.ts'

/** An interactive element of a message or view, and the block it stands in. */
export interface FoundElement {
  readonly blockId: string
  readonly element: WireObject
}

const Elements = z.array(z.record(z.string(), z.unknown()))

function own(block: WireBlock): WireObject[] {
  const listed = Elements.safeParse(block['elements'])
  const single = [block['accessory'], block['element']].flatMap((element) => {
    const parsed = z.record(z.string(), z.unknown()).safeParse(element)
    return parsed.success ? [parsed.data] : []
  })
  return [...(listed.success && block.type !== 'rich_text' ? listed.data : []), ...single]
}

/** Every interactive element below some blocks, those in containers and cards included. */
export function elementsOf(blocks: readonly WireBlock[]): FoundElement[] {
  return blocks.flatMap((block) => {
    const children = Array.isArray(block['child_blocks']) ? elementsOf(block['child_blocks']) : []
    return [...own(block).map((element) => ({ blockId: block.block_id ?? '', element })), ...children]
  })
}

/** The blocks of a message, its attachments' included. */
export function blocksOf(message: SlackMessage): WireBlock[] {
  const attached = (message.attachments ?? []).flatMap((attachment) =>
    Array.isArray(attachment['blocks']) ? (attachment['blocks'] as WireBlock[]) : [],
  )
  return [...(message.blocks ?? []), ...attached]
}

function choices(element: WireObject): WireObject[] {
  const flat = Elements.safeParse(element['options'])
  const groups = Elements.safeParse(element['option_groups'])
  return [...(flat.success ? flat.data : []), ...(groups.success ? groups.data.flatMap((group) => choices(group)) : [])]
}

const feedback = z.object({ value: z.string(), text: z.record(z.string(), z.unknown()) })

/**
 * What an element says when it is used with this value: the fields that block_actions and view state carry beside ids.
 * A button's value must be its own (or not be given); a select takes the value of one of its options. Undefined when the
 * element has no such value.
 */
export function chosen(element: WireObject, value: string | undefined): WireObject | undefined {
  const type = String(element['type'])
  if (type === 'button' || type === 'icon_button' || type === 'workflow_button') {
    if (value !== undefined && value !== element['value']) return undefined
    return { type, text: element['text'], ...(element['value'] === undefined ? {} : { value: element['value'] }) }
  }
  if (type === 'feedback_buttons') {
    const side = [element['positive_button'], element['negative_button']]
      .map((given) => feedback.safeParse(given))
      .find((parsed) => parsed.success && parsed.data.value === value)
    return side?.success ? { type, text: side.data.text, value: side.data.value } : undefined
  }
  if (type === 'checkboxes' || type.startsWith('multi_static') || type.startsWith('multi_external')) {
    const wanted = new Set((value ?? '').split(',').filter((part) => part !== ''))
    return { type, selected_options: choices(element).filter((option) => wanted.has(String(option['value']))) }
  }
  if (type === 'static_select' || type === 'radio_buttons' || type === 'overflow') {
    const option = choices(element).find((candidate) => candidate['value'] === value)
    return option || value === undefined ? { type, selected_option: option ?? null } : undefined
  }
  const selections: Record<string, string> = {
    users_select: 'selected_user',
    conversations_select: 'selected_conversation',
    channels_select: 'selected_channel',
    datepicker: 'selected_date',
    timepicker: 'selected_time',
  }
  const field = selections[type]
  if (field !== undefined) return { type, [field]: value ?? null }
  return { type, value: value ?? null }
}
