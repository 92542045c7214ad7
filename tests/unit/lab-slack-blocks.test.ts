import { describe, expect, it } from 'vitest'
import { checkBlocks } from '../../training/lab/slack/blocks/check.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const paragraph = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
})
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
const task = (id: string, status = 'complete') => ({
  task_id: id,
  title: 'Read the stack trace',
  status,
  output: paragraph('done'),
})
const thumbs = {
  type: 'context_actions',
  elements: [
    {
      type: 'feedback_buttons',
      action_id: 'rca',
      positive_button: { text: plain('Good'), value: 'up' },
      negative_button: { text: plain('Bad'), value: 'down' },
    },
    { type: 'icon_button', icon: 'trash', text: plain('Delete'), action_id: 'bin', value: '1' },
  ],
}

const accepted = [
  ['a plan', { type: 'plan', title: 'Investigating', tasks: [task('1'), task('2', 'in_progress')] }],
  [
    'a task card',
    {
      type: 'task_card',
      ...task('1', 'error'),
      sources: [{ type: 'url', url: 'https://example.com/', text: 'issue' }],
    },
  ],
  ['feedback and icon buttons', thumbs],
  ['markdown', { type: 'markdown', text: '**bold**' }],
  [
    'a table',
    {
      type: 'table',
      rows: [[{ type: 'raw_text', text: 'a' }, paragraph('b')]],
      column_settings: [{ align: 'right', is_wrapped: true }],
    },
  ],
  [
    'a data table',
    {
      type: 'data_table',
      caption: 'Counts',
      rows: [[{ type: 'raw_text', text: 'h' }], [{ type: 'raw_number', value: 3, text: '3' }]],
    },
  ],
  [
    'a collapsible container',
    {
      type: 'container',
      title: plain('Trajectory'),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: [section('x'), { type: 'divider' }],
    },
  ],
  ['a header', { type: 'header', text: plain('Root cause') }],
  [
    'a context',
    {
      type: 'context',
      elements: [
        { type: 'mrkdwn', text: 'x' },
        { type: 'image', image_url: 'https://example.com/i.png', alt_text: 'i' },
      ],
    },
  ],
  [
    'actions',
    {
      type: 'actions',
      elements: [
        { type: 'button', text: plain('Go'), action_id: 'go' },
        { type: 'overflow', action_id: 'more', options: [{ text: plain('a'), value: 'a' }] },
      ],
    },
  ],
  ['an image', { type: 'image', image_url: 'https://example.com/i.png', alt_text: 'chart' }],
  [
    'a list in rich text',
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U1' }] }],
        },
      ],
    },
  ],
] as const

const refused = [
  ['an unknown block', { type: 'banner' }, 'unsupported type: banner [json-pointer:/blocks/0/type]'],
  ['a section without text or fields', { type: 'section' }, 'missing required field: text [json-pointer:/blocks/0]'],
  [
    'section text above 3,000 characters',
    section('x'.repeat(3001)),
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header above 150 characters',
    { type: 'header', text: plain('x'.repeat(151)) },
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header in mrkdwn',
    { type: 'header', text: { type: 'mrkdwn', text: 'x' } },
    'must be a valid enum value [json-pointer:/blocks/0/text/type]',
  ],
  ['empty text', section(''), 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  [
    'eleven context elements',
    { type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) },
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    '26 actions',
    { type: 'actions', elements: Array.from({ length: 26 }, () => ({ type: 'button', text: plain('x') })) },
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a button label above 75 characters',
    { type: 'actions', elements: [{ type: 'button', text: plain('x'.repeat(76)) }] },
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a property Slack does not know',
    { type: 'divider', color: 'red' },
    'invalid additional property: color [json-pointer:/blocks/0]',
  ],
  [
    'the status completed',
    { type: 'plan', title: 'x', tasks: [task('1', 'completed')] },
    'must be a valid enum value [json-pointer:/blocks/0/tasks/0/status]',
  ],
  [
    'one task id twice',
    { type: 'plan', title: 'x', tasks: [task('1'), task('1')] },
    '`task_id` "1" already exists [json-pointer:/blocks]',
  ],
  [
    'a container with eleven children',
    { type: 'container', child_blocks: Array.from({ length: 11 }, () => ({ type: 'divider' })) },
    'no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]',
  ],
  [
    'markdown inside a container',
    { type: 'container', child_blocks: [{ type: 'markdown', text: 'x' }] },
    'unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0/type]',
  ],
  [
    'markdown above 12,000 characters',
    { type: 'markdown', text: 'x'.repeat(12_001) },
    'must be less than 12001 characters [json-pointer:/blocks/0/text]',
  ],
  [
    'a button whose link is none',
    { type: 'actions', elements: [{ type: 'button', text: plain('x'), url: 'nowhere' }] },
    'must be a valid URL [json-pointer:/blocks/0/elements/0/url]',
  ],
  [
    'an image without a source',
    { type: 'image', alt_text: 'x' },
    'must provide exactly one of image_url and slack_file [json-pointer:/blocks/0]',
  ],
] as const

describe('block validation', () => {
  it.each(accepted)('accepts %s', (_name, block) => {
    expect(checkBlocks([block], 'message')).toEqual({ ok: true, blocks: [block] })
  })

  it.each(refused)('refuses %s, saying where', (_name, block, reason) => {
    expect(checkBlocks([block], 'message')).toEqual({
      ok: false,
      error: 'invalid_blocks',
      errors: [reason],
      response_metadata: { messages: [`[ERROR] ${reason}`] },
    })
  })

  it('refuses more than 50 blocks in a message and takes 100 in a modal', () => {
    const many = Array.from({ length: 51 }, () => ({ type: 'divider' }))
    expect(checkBlocks(many, 'message')).toMatchObject({
      errors: ['no more than 50 items allowed [json-pointer:/blocks]'],
    })
    expect(checkBlocks(many, 'modal')).toMatchObject({ ok: true })
  })

  it('refuses blocks of more than about 13,200 characters altogether', () => {
    const long = Array.from({ length: 5 }, () => section('x'.repeat(2700)))
    expect(checkBlocks(long, 'message')).toEqual({ ok: false, error: 'msg_blocks_too_long' })
  })

  it('refuses a task card beside a plan, and one block_id twice', () => {
    const plan = { type: 'plan', title: 'x', tasks: [] }
    expect(checkBlocks([plan, { type: 'task_card', ...task('1') }], 'message')).toMatchObject({
      errors: ['task_card cannot be used with plan [json-pointer:/blocks/1]'],
    })
    expect(
      checkBlocks(
        [
          { type: 'divider', block_id: 'a' },
          { type: 'divider', block_id: 'a' },
        ],
        'message',
      ),
    ).toMatchObject({ errors: ['`block_id` "a" already exists [json-pointer:/blocks]'] })
  })

  it('refuses agent blocks in a modal and an alert in a message', () => {
    expect(checkBlocks([thumbs], 'modal')).toMatchObject({
      errors: ['unsupported type: context_actions [json-pointer:/blocks/0]'],
    })
    expect(checkBlocks([{ type: 'alert', text: plain('x') }], 'message')).toMatchObject({
      errors: ['unsupported type: alert [json-pointer:/blocks/0]'],
    })
  })

  it.each([['text'], [{ type: 'divider' }], [[1]], [null]])('refuses %j as not being a list of blocks', (given) => {
    expect(checkBlocks(given, 'message')).toEqual({ ok: false, error: 'invalid_blocks_format' })
  })
})
