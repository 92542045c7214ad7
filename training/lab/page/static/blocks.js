import { h, icon, link } from './dom.js'
import { element } from './elements.js'
import { mrkdwn } from './inline-text.js'
import { markdown } from './markdown.js'
import { richText } from './rich-text.js'

/**
 * Renders Block Kit. `context`: `directory` (names by id), `act` (what a click does), `isOpen(key, otherwise)` and
 * `setOpen(key, open)` (which folded parts stand open, kept over an edit), `key` (the message's own).
 */
function textObject(text, context) {
  if (!text) return []
  return text.type === 'mrkdwn' ? mrkdwn(text.text, context.directory) : [h('p', { class: 'lines' }, text.text)]
}

/** Images come from elsewhere, so the page names them instead of loading them. */
function image(block) {
  const url = block.image_url ?? block.slack_file?.url ?? ''
  return h(
    'figure',
    { class: 'image' },
    h('span', { class: 'image-frame', role: 'img', 'aria-label': block.alt_text }, block.alt_text),
    block.title ? h('figcaption', {}, block.title.text) : null,
    url ? link(url, 'Open image') : null,
  )
}

function folding(context, name, openAtFirst, summary, ...content) {
  const key = `${context.key}/${name}`
  return h(
    'details',
    { open: context.isOpen(key, openAtFirst), ontoggle: (event) => context.setOpen(key, event.currentTarget.open) },
    summary,
    ...content,
  )
}

function section(block, context) {
  const body = [...textObject(block.text, context)]
  if (block.fields)
    body.push(
      h('div', { class: 'fields' }, ...block.fields.map((field) => h('div', {}, ...textObject(field, context)))),
    )
  const accessory = block.accessory
    ? [
        h(
          'div',
          { class: 'accessory' },
          block.accessory.type === 'image' ? image(block.accessory) : element(block.accessory, context),
        ),
      ]
    : []
  return h('div', { class: 'block section' }, h('div', { class: 'section-text' }, ...body), ...accessory)
}

const stateWords = { pending: 'waiting', in_progress: 'in progress', complete: 'done', error: 'failed' }

function task(given, context) {
  const details = [
    given.details ? h('div', { class: 'task-details' }, ...richText(given.details, context.directory)) : null,
    given.output ? h('div', { class: 'task-output' }, ...richText(given.output, context.directory)) : null,
    given.sources?.length
      ? h('p', { class: 'task-sources' }, ...given.sources.map((source) => link(source.url, source.text)))
      : null,
  ]
  return h(
    'li',
    { class: `task task-${given.status}` },
    h(
      'span',
      { class: 'task-state' },
      icon(given.status),
      h('span', { class: 'visually-hidden' }, `${stateWords[given.status]}: `),
    ),
    h('div', { class: 'task-body' }, h('span', { class: 'task-title' }, given.title), ...details),
  )
}

function plan(block, context) {
  const tasks = block.tasks ?? []
  const done = tasks.filter(({ status }) => status === 'complete' || status === 'error').length
  const failed = tasks.filter(({ status }) => status === 'error').length
  const running = tasks.some(({ status }) => status === 'in_progress')
  const count = `${done} of ${tasks.length} done${failed > 0 ? `, ${failed} failed` : ''}`
  const progress = h('progress', { max: Math.max(1, tasks.length), value: done, 'aria-label': count })
  const summary = h(
    'summary',
    { 'data-key': 'plan' },
    h('span', { class: 'plan-title' }, block.title),
    h('span', { class: 'plan-count' }, count),
    progress,
  )
  return h(
    'div',
    { class: `block plan${running ? ' plan-running' : ''}` },
    folding(
      context,
      block.block_id ?? 'plan',
      true,
      summary,
      h('ol', { class: 'tasks' }, ...tasks.map((given) => task(given, context))),
    ),
  )
}

function cell(given, context) {
  return given.type === 'rich_text' ? richText(given, context.directory) : [given.text]
}

function table(block, context, headed) {
  const settings = block.column_settings ?? []
  const align = (index) => settings[index]?.align ?? 'left'
  const row = (cells, tag) =>
    h(
      'tr',
      {},
      ...cells.map((given, index) =>
        h(tag, { class: `align-${align(index)}`, scope: tag === 'th' ? 'col' : null }, ...cell(given, context)),
      ),
    )
  const [first, ...rest] = block.rows
  const head = headed && first ? [h('thead', {}, row(first, 'th'))] : []
  const body = headed ? rest : block.rows
  return h(
    'div',
    { class: 'block table-scroll', tabindex: '0' },
    h(
      'table',
      {},
      block.caption ? h('caption', {}, block.caption) : null,
      ...head,
      h('tbody', {}, ...body.map((cells) => row(cells, 'td'))),
    ),
  )
}

function container(block, context) {
  const title = block.title
    ? [block.title.text]
    : block.rich_text_title
      ? richText(block.rich_text_title, context.directory)
      : ['More']
  const subtitle = block.subtitle ? h('span', { class: 'muted' }, ...textObject(block.subtitle, context)) : null
  const inside = h('div', { class: 'container-body' }, ...blocks(block.child_blocks, context))
  if (!block.is_collapsible)
    return h(
      'section',
      { class: 'block container' },
      h('div', { class: 'container-title' }, ...title, subtitle),
      inside,
    )
  return h(
    'section',
    { class: 'block container' },
    folding(
      context,
      block.block_id ?? 'container',
      !block.default_collapsed,
      h('summary', { class: 'container-title', 'data-key': block.block_id }, ...title, subtitle),
      inside,
    ),
  )
}

function card(block, context) {
  return h(
    'article',
    { class: 'block card' },
    ...(block.hero_image ? [image(block.hero_image)] : []),
    h('strong', {}, ...textObject(block.title, context)),
    h('span', { class: 'muted' }, ...textObject(block.subtitle, context)),
    ...textObject(block.body, context),
    block.actions?.length
      ? h('div', { class: 'actions' }, ...block.actions.map((given) => element(given, context)))
      : null,
  )
}

function input(block, context) {
  const id = `input-${block.element.action_id}`
  return h(
    'div',
    { class: 'block field', 'data-block': block.block_id },
    h('label', { for: id }, block.label.text, block.optional ? h('span', { class: 'muted' }, ' (optional)') : null),
    element(block.element, context),
    block.hint ? h('p', { class: 'hint' }, block.hint.text) : null,
    h('p', { class: 'field-error', role: 'alert', hidden: true }),
  )
}

const renderers = {
  section,
  plan,
  container,
  card,
  input,
  divider: () => h('hr', { class: 'block' }),
  header: (block) => h('h3', { class: 'block header' }, block.text.text),
  context: (block, context) =>
    h(
      'div',
      { class: 'block context' },
      ...block.elements.map((given) =>
        given.type === 'image' ? image(given) : h('span', {}, ...textObject(given, context)),
      ),
    ),
  actions: (block, context) =>
    h('div', { class: 'block actions' }, ...block.elements.map((given) => element(given, context))),
  context_actions: (block, context) =>
    h('div', { class: 'block actions context-actions' }, ...block.elements.map((given) => element(given, context))),
  markdown: (block) => h('div', { class: 'block markdown' }, ...markdown(block.text)),
  rich_text: (block, context) => h('div', { class: 'block rich-text' }, ...richText(block, context.directory)),
  task_card: (block, context) => h('ol', { class: 'block tasks task-card' }, task(block, context)),
  table: (block, context) => table(block, context, true),
  data_table: (block, context) => table(block, context, true),
  carousel: (block, context) =>
    h('div', { class: 'block carousel', tabindex: '0' }, ...block.elements.map((given) => card(given, context))),
  alert: (block, context) =>
    h(
      'div',
      { class: `block alert alert-${block.level ?? 'default'}`, role: 'note' },
      ...textObject(block.text, context),
    ),
  image: (block) => h('div', { class: 'block' }, image(block)),
  video: (block) => h('div', { class: 'block' }, link(block.title_url ?? block.video_url, block.title.text)),
  file: (block) => h('div', { class: 'block file' }, block.external_id),
  data_visualization: (block) =>
    h('div', { class: 'block image-frame', role: 'img' }, `${block.title} (${block.chart.type} chart)`),
}

/** A list of blocks as nodes; a kind the page does not know says so instead of hiding. */
export function blocks(list, context) {
  return list.map(
    (block) => renderers[block.type]?.(block, context) ?? h('p', { class: 'muted' }, `(a ${block.type} block)`),
  )
}
