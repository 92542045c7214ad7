import type { ActionsBlock, Button, ContextActionsBlock } from '@slack/types'
import { z } from 'zod'

/** The actions people can take on a report, by `action_id`. */
export const feedbackActions = { thumbs: 'report_feedback', right: 'report_right', wrong: 'report_wrong', taskSet: 'add_to_task_set' } as const

const FeedbackValue = z.string().regex(/^(?:right|wrong):.+$/).transform((value) => ({ right: value.startsWith('right:'), investigationId: value.slice(value.indexOf(':') + 1) }))

/** What a thumb's value says, or undefined when it is not one of ours. */
export function readThumb(value: unknown): { right: boolean; investigationId: string } | undefined {
  return FeedbackValue.safeParse(value).data
}

/** 👍 and 👎 in Slack's own form. */
export function thumbs(investigationId: string): ContextActionsBlock {
  const side = (text: string, verdict: 'right' | 'wrong', label: string) => ({ text: { type: 'plain_text' as const, text }, value: `${verdict}:${investigationId}`, accessibility_label: label })
  return {
    type: 'context_actions',
    elements: [{
      type: 'feedback_buttons',
      action_id: feedbackActions.thumbs,
      positive_button: side('👍', 'right', 'This report is right'),
      negative_button: side('👎', 'wrong', 'This report is wrong'),
    }],
  }
}

/** The wish to keep this investigation as a task. */
export function taskSetButton(investigationId: string): ActionsBlock {
  return { type: 'actions', elements: [button('Add to task set', feedbackActions.taskSet, investigationId)] }
}

/** All of it as ordinary buttons, for clients that do not know feedback buttons yet. */
export function plainFeedback(investigationId: string): ActionsBlock {
  return {
    type: 'actions',
    elements: [
      button('👍 Right', feedbackActions.right, `right:${investigationId}`),
      button('👎 Wrong', feedbackActions.wrong, `wrong:${investigationId}`),
      button('Add to task set', feedbackActions.taskSet, investigationId),
    ],
  }
}

function button(text: string, actionId: string, value: string): Button {
  return { type: 'button', text: { type: 'plain_text', text }, action_id: actionId, value }
}
