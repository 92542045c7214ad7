import { z } from 'zod'
import { richText } from './rich-text.ts'
import { anyText, confirmation, identifier, imageSource, link, option, plainText } from './text.ts'

const actionable = {
  action_id: identifier.optional(),
  confirm: confirmation.optional(),
  focus_on_load: z.boolean().optional(),
}
const choosing = { ...actionable, placeholder: plainText(150).optional() }
const many = { max_selected_items: z.number().int().min(1).optional() }
const optionGroups = z
  .array(z.strictObject({ label: plainText(75), options: z.array(option).min(1).max(100) }))
  .max(100)
const style = z.enum(['primary', 'danger']).optional()
const accessibilityLabel = z.string().max(75).optional()
const conversationFilter = z.looseObject({}).optional()

const button = z.strictObject({
  type: z.literal('button'),
  ...actionable,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: link.optional(),
  style,
  accessibility_label: accessibilityLabel,
})

const staticChoices = { options: z.array(option).min(1).max(100).optional(), option_groups: optionGroups.optional() }

const selects = [
  z.strictObject({
    type: z.literal('static_select'),
    ...choosing,
    ...staticChoices,
    initial_option: option.optional(),
  }),
  z.strictObject({
    type: z.literal('multi_static_select'),
    ...choosing,
    ...many,
    ...staticChoices,
    initial_options: z.array(option).optional(),
  }),
  z.strictObject({
    type: z.literal('external_select'),
    ...choosing,
    initial_option: option.optional(),
    min_query_length: z.number().int().optional(),
  }),
  z.strictObject({
    type: z.literal('multi_external_select'),
    ...choosing,
    ...many,
    initial_options: z.array(option).optional(),
    min_query_length: z.number().int().optional(),
  }),
  z.strictObject({ type: z.literal('users_select'), ...choosing, initial_user: z.string().optional() }),
  z.strictObject({
    type: z.literal('multi_users_select'),
    ...choosing,
    ...many,
    initial_users: z.array(z.string()).optional(),
  }),
  z.strictObject({
    type: z.literal('conversations_select'),
    ...choosing,
    initial_conversation: z.string().optional(),
    default_to_current_conversation: z.boolean().optional(),
    response_url_enabled: z.boolean().optional(),
    filter: conversationFilter,
  }),
  z.strictObject({
    type: z.literal('multi_conversations_select'),
    ...choosing,
    ...many,
    initial_conversations: z.array(z.string()).optional(),
    default_to_current_conversation: z.boolean().optional(),
    filter: conversationFilter,
  }),
  z.strictObject({
    type: z.literal('channels_select'),
    ...choosing,
    initial_channel: z.string().optional(),
    response_url_enabled: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('multi_channels_select'),
    ...choosing,
    ...many,
    initial_channels: z.array(z.string()).optional(),
  }),
] as const

const pickers = [
  z.strictObject({ type: z.literal('datepicker'), ...choosing, initial_date: z.string().optional() }),
  z.strictObject({
    type: z.literal('timepicker'),
    ...choosing,
    initial_time: z.string().optional(),
    timezone: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('datetimepicker'), ...actionable, initial_date_time: z.number().int().optional() }),
  z.strictObject({
    type: z.literal('checkboxes'),
    ...actionable,
    options: z.array(option).min(1).max(10),
    initial_options: z.array(option).optional(),
  }),
  z.strictObject({
    type: z.literal('radio_buttons'),
    ...actionable,
    options: z.array(option).min(1).max(10),
    initial_option: option.optional(),
  }),
] as const

const overflow = z.strictObject({ type: z.literal('overflow'), ...actionable, options: z.array(option).min(1).max(5) })
const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  ...actionable,
  text: plainText(75),
  workflow: z.looseObject({}),
  style,
  accessibility_label: accessibilityLabel,
})

const writing = { ...choosing, dispatch_action_config: z.looseObject({}).optional() }
const lengths = {
  min_length: z.number().int().min(0).max(3000).optional(),
  max_length: z.number().int().min(1).max(3000).optional(),
}
const richTextInput = z.strictObject({
  type: z.literal('rich_text_input'),
  ...writing,
  initial_value: richText.optional(),
  min_lines: z.number().int().optional(),
  max_lines: z.number().int().optional(),
})

const inputs = [
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...writing,
    ...lengths,
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('email_text_input'), ...writing, initial_value: z.string().optional() }),
  z.strictObject({ type: z.literal('url_text_input'), ...writing, initial_value: z.string().optional() }),
  z.strictObject({
    type: z.literal('number_input'),
    ...writing,
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('file_input'),
    action_id: identifier.optional(),
    filetypes: z.array(z.string()).optional(),
    max_files: z.number().int().min(1).max(10).optional(),
  }),
] as const

/** An image inside a context, a section, a card or a container. */
export const imageElement = z.strictObject({
  type: z.literal('image'),
  alt_text: z.string().min(1).max(2000),
  ...imageSource,
})

/** A button where only a button may stand. */
export const buttonElement = button

/** What an actions block may hold. */
export const actionsElement = z.discriminatedUnion('type', [
  button,
  ...selects,
  ...pickers,
  overflow,
  workflowButton,
  richTextInput,
])

/** What a section may have beside its text. */
export const accessory = z.discriminatedUnion('type', [
  button,
  imageElement,
  ...selects,
  ...pickers,
  overflow,
  workflowButton,
])

/** What an input block may ask with. */
export const inputElement = z.discriminatedUnion('type', [...inputs, richTextInput, ...selects, ...pickers])

/** What a context block may hold. */
export const contextElement = z.discriminatedUnion('type', [
  imageElement,
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(2000), emoji: z.boolean().optional() }),
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(2000), verbatim: z.boolean().optional() }),
])

const feedbackButton = z.strictObject({
  text: plainText(75),
  value: z.string().max(2000),
  accessibility_label: accessibilityLabel,
})

/** What a context_actions block may hold: thumbs, and small icon buttons. */
export const contextActionsElement = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('feedback_buttons'),
    action_id: identifier.optional(),
    positive_button: feedbackButton,
    negative_button: feedbackButton,
  }),
  z.strictObject({
    type: z.literal('icon_button'),
    icon: z.enum(['trash']),
    text: plainText(75),
    action_id: identifier.optional(),
    value: z.string().max(2000).optional(),
    confirm: confirmation.optional(),
    accessibility_label: accessibilityLabel,
    visible_to_user_ids: z.array(z.string()).optional(),
  }),
])

/** A source a task names: a link and its text. */
export const urlSource = z.strictObject({ type: z.literal('url'), url: link, text: z.string().min(1) })

/** A text object in a place that takes either kind. */
export const shortText = anyText(150)
