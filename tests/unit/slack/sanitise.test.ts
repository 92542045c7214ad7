import { describe, expect, it } from 'vitest'
import { createSanitiser } from '../../../src/adapters/slack/sanitise.ts'

const sanitiser = createSanitiser(['sentry.io', 'GitHub.com'])

describe('text that leaves for Slack', () => {
  it.each([
    ['<!channel> <!here> <@U123> <#C1>', '&lt;!channel&gt; &lt;!here&gt; &lt;@U123&gt; &lt;#C1&gt;'],
    ['<https://evil.example|click> & more', '&lt;https://evil.example|click&gt; &amp; more'],
    ['a &amp; b', 'a &amp;amp; b'],
  ])('is no markup: %s', (text, escaped) => {
    expect(sanitiser.escaped(text, 500)).toBe(escaped)
  })

  it.each([
    ['a zero-width space', 'pay\u200Bpal', 'pay⟨U+200B⟩pal'],
    ['a direction override', 'exe.\u202Efdp', 'exe.⟨U+202E⟩fdp'],
    ['an isolate', '\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
    ['a bell and an escape', 'a\u0007\u001B[31m', 'a⟨U+0007⟩⟨U+001B⟩[31m'],
    ['a tag character', 'x\u{E0041}', 'x⟨U+E0041⟩'],
    ['a line separator', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['a lone surrogate', 'a\uD83D', 'a\uFFFD'],
  ])('shows %s', (_what, text, shown) => {
    expect(sanitiser.plain(text, 500)).toBe(shown)
  })

  it('keeps newlines, tabs, umlauts and emoji', () => {
    expect(sanitiser.plain('ü\r\n\t👍 日本', 500)).toBe('ü\n\t👍 日本')
  })

  it('is cut where it says, never through a character or an entity', () => {
    expect(sanitiser.plain('abcdef', 4)).toBe('abc…')
    expect(sanitiser.plain('ab👍cd', 4)).toBe('ab…')
    expect(sanitiser.escaped('abc<<<', 8)).toBe('abc&lt;…')
    expect(sanitiser.escaped('&'.repeat(50), 12).length).toBeLessThanOrEqual(12)
  })
})

describe('an address', () => {
  it.each([
    ['https://harbour.sentry.io/issues/1/?a=b#c', 'https://harbour.sentry.io/issues/1/'],
    ['https://github.com/harbour/web', 'https://github.com/harbour/web'],
    ['HTTPS://SENTRY.IO/x', 'https://sentry.io/x'],
  ])('of a configured host may be clicked: %s', (url, link) => {
    expect(sanitiser.link(url, 'drop')).toBe(link)
  })

  it('of a tool keeps its query', () => {
    expect(sanitiser.link('https://sentry.io/logs/?query=x', 'keep')).toBe('https://sentry.io/logs/?query=x')
  })

  it.each([
    'https://evil.example/?leak=1', 'https://notsentry.io/', 'https://sentry.io.evil.example/', 'https://sentry.io@evil.example/', 'https://user:pass@sentry.io/',
    'javascript:alert(1)', 'data:text/html,x', 'ftp://sentry.io/', '//sentry.io/', 'sentry.io', '', `https://sentry.io/${'x'.repeat(3000)}`, 'https://evil.example#.sentry.io',
  ])('that leads elsewhere may not: %s', (url) => {
    expect(sanitiser.link(url, 'keep')).toBeUndefined()
  })
})
