import { h, icon } from './dom.js'

/**
 * Interactive elements. `context` carries `act(actionId, value, element)`, which answers whether the app acknowledged, and
 * `form`, true inside a modal, where inputs are read on submission and not sent as they change.
 */
function working(button, promise) {
  button.setAttribute('aria-busy', 'true')
  return promise.finally(() => button.removeAttribute('aria-busy'))
}

function actButton(context, element, attributes, ...children) {
  return h(
    'button',
    {
      type: 'button',
      ...attributes,
      onclick: (event) => {
        const button = event.currentTarget
        if (
          element.confirm &&
          !window.confirm(`${element.confirm.title?.text ?? 'Are you sure?'}\n\n${element.confirm.text?.text ?? ''}`)
        )
          return
        void working(button, context.act(element.action_id, attributes['data-value'] ?? undefined))
      },
    },
    ...children,
  )
}

function button(element, context) {
  const style = element.style ? ` button-${element.style}` : ''
  const attributes = {
    class: `button${style}`,
    'data-value': element.value,
    'data-key': element.action_id,
    'aria-label': element.accessibility_label,
  }
  if (!element.url || !/^https?:/.test(element.url)) return actButton(context, element, attributes, element.text.text)
  return h(
    'a',
    {
      ...attributes,
      href: element.url,
      target: '_blank',
      rel: 'noopener noreferrer',
      onclick: () => void context.act(element.action_id, element.value),
    },
    element.text.text,
  )
}

function feedback(element, context) {
  const side = (given, name) =>
    actButton(
      context,
      element,
      {
        class: 'button feedback',
        'data-value': given.value,
        'data-key': `${element.action_id}:${given.value}`,
        'aria-label': given.accessibility_label ?? given.text.text,
        'aria-pressed': context.pressed?.(element.action_id, given.value) ? 'true' : null,
      },
      icon(name),
      h('span', {}, given.text.text.replace(/^(?:👍|👎)\s*/u, '') || (name === 'thumb_up' ? 'Good' : 'Bad')),
    )
  return h(
    'span',
    { class: 'feedback-pair', role: 'group', 'aria-label': 'Feedback' },
    side(element.positive_button, 'thumb_up'),
    side(element.negative_button, 'thumb_down'),
  )
}

function choicesOf(element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)]
}

function select(element, context) {
  const initial = element.initial_option?.value
  const options = choicesOf(element).map((option) =>
    h('option', { value: option.value, selected: option.value === initial }, option.text.text),
  )
  return h(
    'select',
    {
      name: element.action_id,
      class: 'input',
      'data-key': element.action_id,
      'aria-label': element.placeholder?.text ?? 'Choose',
      onchange: (event) => {
        if (!context.form) void context.act(element.action_id, event.currentTarget.value)
      },
    },
    h('option', { value: '' }, element.placeholder?.text ?? 'Choose…'),
    ...options,
  )
}

function choiceGroup(element, context, type) {
  const initial = new Set(
    [element.initial_option, ...(element.initial_options ?? [])].filter(Boolean).map((option) => option.value),
  )
  const rows = choicesOf(element).map((option) =>
    h(
      'label',
      { class: 'choice' },
      h('input', {
        type,
        name: element.action_id,
        value: option.value,
        checked: initial.has(option.value),
        onchange: (event) => {
          if (context.form) return
          const picked = [...event.currentTarget.closest('fieldset').querySelectorAll('input:checked')].map(
            (input) => input.value,
          )
          void context.act(element.action_id, picked.join(','))
        },
      }),
      h('span', {}, option.text.text, option.description ? h('small', {}, option.description.text) : null),
    ),
  )
  return h('fieldset', { class: 'choices' }, ...rows)
}

function textInput(element, type) {
  const attributes = {
    name: element.action_id,
    id: `input-${element.action_id}`,
    class: 'input',
    placeholder: element.placeholder?.text,
    minlength: element.min_length,
    maxlength: element.max_length,
    autofocus: element.focus_on_load,
  }
  if (!element.multiline) return h('input', { ...attributes, type, value: element.initial_value })
  return h('textarea', { ...attributes, rows: 4 }, element.initial_value ?? '')
}

const inputTypes = {
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'number',
  datepicker: 'date',
  timepicker: 'time',
}

/** One interactive element of a message or view. */
export function element(given, context) {
  switch (given.type) {
    case 'button':
    case 'workflow_button':
      return button(given, context)
    case 'feedback_buttons':
      return feedback(given, context)
    case 'icon_button':
      if (given.visible_to_user_ids && !given.visible_to_user_ids.includes(context.directory.me)) return null
      return actButton(
        context,
        given,
        {
          class: 'button button-quiet',
          'data-value': given.value,
          'data-key': given.action_id,
          'aria-label': given.accessibility_label ?? given.text.text,
          title: given.text.text,
        },
        icon(given.icon),
      )
    case 'static_select':
    case 'overflow':
      return select(given, context)
    case 'radio_buttons':
      return choiceGroup(given, context, 'radio')
    case 'checkboxes':
      return choiceGroup(given, context, 'checkbox')
    case 'plain_text_input':
    case 'rich_text_input':
      return textInput(given, 'text')
    default:
      if (inputTypes[given.type]) return textInput(given, inputTypes[given.type])
      return h('span', { class: 'muted' }, `(${given.type.replaceAll('_', ' ')})`)
  }
}
