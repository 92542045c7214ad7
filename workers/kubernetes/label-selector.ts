/** A label selector as the API writes it in objects. */
interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

/** Whether labels satisfy a selector; an empty one matches everything, a missing one nothing. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> | undefined): boolean {
  if (selector === undefined) return false
  const has = labels ?? {}
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => has[key] === value) && (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = has[key]
    if (operator === 'Exists') return value !== undefined
    if (operator === 'DoesNotExist') return value === undefined
    const listed = value !== undefined && values.includes(value)
    return operator === 'In' ? listed : !listed
  })
}

/** A selector in words: `app=web,tier in (a, b)`; `everything` for an empty one. */
export function selectorText(selector: LabelSelector | undefined): string {
  const parts = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values }) => (values === undefined || values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(', ')})`)),
  ]
  return parts.join(',') || 'everything'
}
