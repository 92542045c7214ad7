/**
 * The one gate for everything that leaves for Slack. Text from models, services and people is data: it can neither notify
 * people, nor carry links to places nobody configured, nor hide characters.
 */
export interface Sanitiser {
  /** Text for places where Slack reads no markup (rich text, titles): hidden characters shown, at most `max` characters. */
  plain(text: string, max: number): string
  /** Text for mrkdwn places: as `plain`, and nothing in it is markup. */
  escaped(text: string, max: number): string
  /** An address somebody may click, or undefined. `query: 'drop'` for addresses that a model wrote. */
  link(url: string, query: 'keep' | 'drop'): string | undefined
}

/** Controls, zero-width, joiners, bidirectional marks, tags: what a reader cannot see. Newline and tab are fine. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u3164\uFFA0]/gu
const longestLink = 2000

/** A sanitiser whose links lead to `hosts` and to hosts below them, and nowhere else. */
export function createSanitiser(hosts: readonly string[]): Sanitiser {
  const known = hosts.map((host) => host.toLowerCase())
  const allowed = (host: string): boolean => known.some((candidate) => host === candidate || host.endsWith(`.${candidate}`))
  const visible = (text: string): string => text.replaceAll('\r\n', '\n').toWellFormed().replaceAll(hidden, shown)
  return {
    plain: (text, max) => clamped(visible(text), max),
    // Cut after escaping, for the limits count what is sent; half an entity at the cut would show as litter.
    escaped: (text, max) => clamped(escapeMarkup(visible(text)), max).replace(/&[a-z]{0,3}…$/, '…'),
    link: (url, query) => {
      const address = URL.parse(url)
      if (!address || !['https:', 'http:'].includes(address.protocol) || address.username !== '' || address.password !== '') return undefined
      if (!allowed(address.hostname.toLowerCase())) return undefined
      if (query === 'drop') {
        address.search = ''
        address.hash = ''
      }
      return address.href.length <= longestLink ? address.href : undefined
    },
  }
}

function shown(character: string): string {
  if (character === '\n' || character === '\t') return character
  // Named, not dropped: a name that differs only by such a character must not look the same.
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** `text` cut to `max` UTF-16 units, never inside a surrogate pair, with an ellipsis where something is missing. */
function clamped(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
