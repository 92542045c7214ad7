import { z } from 'zod'
import {
  accessory,
  actionsElement,
  buttonElement,
  contextActionsElement,
  contextElement,
  imageElement,
  inputElement,
  shortText,
  urlSource,
} from './elements.ts'
import { richText } from './rich-text.ts'
import { anyText, identifier, imageSource, link, mrkdwn, plainText, text } from './text.ts'

const base = { block_id: identifier.optional() }

const section = z.strictObject({
  type: z.literal('section'),
  ...base,
  text: anyText(3000).optional(),
  fields: z.array(anyText(2000)).min(1).max(10).optional(),
  accessory: accessory.optional(),
  expand: z.boolean().optional(),
})

const image = z.strictObject({
  type: z.literal('image'),
  ...base,
  alt_text: z.string().min(1).max(2000),
  title: plainText(2000).optional(),
  ...imageSource,
})
const input = z.strictObject({
  type: z.literal('input'),
  ...base,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  element: inputElement,
  dispatch_action: z.boolean().optional(),
})

const rawText = z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) })
const rawNumber = z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) })
const cell = z.discriminatedUnion('type', [rawText, rawNumber, richText])
const table = z.strictObject({
  type: z.literal('table'),
  ...base,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() })
        .nullable(),
    )
    .max(20)
    .optional(),
})

const video = z.strictObject({
  type: z.literal('video'),
  ...base,
  video_url: link,
  thumbnail_url: link,
  alt_text: z.string().min(1),
  title: plainText(200),
  title_url: link.optional(),
  author_name: z.string().max(50).optional(),
  provider_name: z.string().optional(),
  provider_icon_url: link.optional(),
  description: plainText(200).optional(),
})

const actions = z.strictObject({
  type: z.literal('actions'),
  ...base,
  elements: z.array(actionsElement).min(1).max(25),
})
const context = z.strictObject({
  type: z.literal('context'),
  ...base,
  elements: z.array(contextElement).min(1).max(10),
})
const divider = z.strictObject({ type: z.literal('divider'), ...base })
const file = z.strictObject({ type: z.literal('file'), ...base, source: z.literal('remote'), external_id: text(255) })
const header = z.strictObject({
  type: z.literal('header'),
  ...base,
  text: plainText(150),
  level: z.number().int().min(1).max(4).optional(),
})

/** A container's children; it holds no other container, plan, card or markdown. */
const child = z.discriminatedUnion('type', [
  actions,
  context,
  divider,
  file,
  header,
  image,
  input,
  richText,
  section,
  table,
  video,
])

const container = z.strictObject({
  type: z.literal('container'),
  ...base,
  title: plainText(150).optional(),
  rich_text_title: richText.optional(),
  subtitle: shortText.optional(),
  child_blocks: z.array(child).min(1).max(10),
  width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
  icon: imageElement.optional(),
  is_collapsible: z.boolean().optional(),
  default_collapsed: z.boolean().optional(),
  has_header_divider: z.boolean().optional(),
})

const taskFields = {
  task_id: text(255),
  title: text(256),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(urlSource).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
}
const taskCard = z.strictObject({ type: z.literal('task_card'), ...base, ...taskFields })
const plan = z.strictObject({
  type: z.literal('plan'),
  ...base,
  title: text(256),
  tasks: z
    .array(z.strictObject({ type: z.literal('task_card').optional(), ...base, ...taskFields }))
    .max(50)
    .optional(),
})

const card = z.strictObject({
  type: z.literal('card'),
  ...base,
  hero_image: imageElement.optional(),
  icon: imageElement.optional(),
  title: mrkdwn(150).optional(),
  subtitle: mrkdwn(150).optional(),
  body: mrkdwn(200).optional(),
  actions: z.array(buttonElement).optional(),
})

const dataTable = z.strictObject({
  type: z.literal('data_table'),
  ...base,
  caption: text(255),
  rows: z.array(z.array(cell).min(1).max(20)).min(2).max(201),
  page_size: z.number().int().min(1).max(100).optional(),
  row_header_column_index: z.number().int().min(0).max(19).optional(),
})

/** Every block Slack knows, with its own limits. Which surface takes it is checked in check.ts. */
export const block = z.discriminatedUnion('type', [
  actions,
  z.strictObject({
    type: z.literal('alert'),
    ...base,
    text: anyText(3000),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  card,
  z.strictObject({ type: z.literal('carousel'), ...base, elements: z.array(card).min(1).max(10) }),
  container,
  context,
  z.strictObject({
    type: z.literal('context_actions'),
    ...base,
    elements: z.array(contextActionsElement).min(1).max(5),
  }),
  dataTable,
  z.strictObject({
    type: z.literal('data_visualization'),
    ...base,
    title: text(50),
    chart: z.looseObject({ type: z.enum(['line', 'bar', 'area', 'pie']) }),
  }),
  divider,
  file,
  header,
  image,
  input,
  z.strictObject({ type: z.literal('markdown'), ...base, text: text(12_000) }),
  plan,
  richText,
  section,
  table,
  taskCard,
  video,
])
