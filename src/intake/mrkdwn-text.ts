/** A link of Slack's markup: `<url|label>`. */
export interface MarkupLink {
  readonly url: string
  readonly label: string
}

const linkPattern = /<(https?:\/\/[^|>\s]+)(?:\|([^>]*))?>/g

/** Every link in a mrkdwn text, entities in address and label decoded, emphasis around the label dropped. */
export function markupLinks(mrkdwn: string): MarkupLink[] {
  return [...mrkdwn.matchAll(linkPattern)].map(([, url = '', label = '']) => ({
    url: decoded(url),
    label: decoded(label).replaceAll(/^[*_~]+|[*_~]+$/g, ''),
  }))
}

/** What a reader sees of a mrkdwn text: labels instead of links, dates by their fallback, entities decoded. */
export function markupText(mrkdwn: string): string {
  const withoutDates = mrkdwn.replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
  return decoded(withoutDates.replaceAll(linkPattern, (_whole, url: string, label?: string) => label ?? url))
}

function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
