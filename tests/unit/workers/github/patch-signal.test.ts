import { describe, expect, it } from 'vitest'
import { patchSignals } from '../../../../workers/github/patch-signal.ts'

const owner = { name: '82ab0a28908f ', at: '2026-03-12T07:25:00Z', about: [{ kind: 'commit' as const, value: '82ab0a28908f692fa500' }] }
const signals = (path: string, patch: string) => patchSignals({ path, patch }, owner)
const texts = (path: string, patch: string) => signals(path, patch).map(({ text }) => text)

describe('the signal of a changed place', () => {
  it('leads with the commit and the file, and quotes the line before and after', () => {
    const [signal] = signals('deploy.yaml', '@@ -1,3 +1,3 @@\n image: quote-api\n-tag: 3ad3678\n+tag: d05f582')
    expect(signal).toMatchObject({ kind: 'change', severity: 1, at: '2026-03-12T07:25:00Z', text: '82ab0a28908f deploy.yaml: - tag: 3ad3678 + tag: d05f582' })
    expect(signal?.entities.slice(0, 2)).toEqual([{ kind: 'commit', value: '82ab0a28908f692fa500' }, { kind: 'file', value: 'deploy.yaml' }])
  })

  it.each([
    ['of JSON', 'flags.json', '@@ -4,5 +4,5 @@\n   "new-basket": {\n     "on": true,\n-    "percent": 10\n+    "percent": 30\n   },', 'flags.json new-basket: - "percent": 10 + "percent": 30'],
    ['of JSON that names itself', 'flags.json', '@@ -4,4 +4,4 @@\n   {\n     "name": "new-basket",\n-    "percent": 10\n+    "percent": 30', 'flags.json new-basket: - "percent": 10 + "percent": 30'],
    ['of YAML', 'values.yaml', '@@ -1,5 +1,5 @@\n web:\n   env:\n     - name: POOL_SIZE\n-      value: "5"\n+      value: "50"', 'values.yaml env › POOL_SIZE: - value: "5" + value: "50"'],
    ['of TOML', 'app.toml', '@@ -1,3 +1,3 @@\n [cache]\n-ttl = 60\n+ttl = 86400', 'app.toml cache: - ttl = 60 + ttl = 86400'],
    ['of code', 'src/pay.js', "@@ -8,3 +8,3 @@ export function charge(order) {\n   const id = order.id\n-  return take(id, 3)\n+  return take(id, 0)", 'src/pay.js charge: - return take(id, 3) + return take(id, 0)'],
  ])('says what the changed lines %s stand in', (_, path, patch, text) => {
    expect(texts(path, patch)).toEqual([`82ab0a28908f ${text}`])
  })

  it('types the names it stands in', () => {
    expect(signals('values.yaml', '@@ -1,3 +1,3 @@\n - name: POOL_SIZE\n-  value: "5"\n+  value: "50"')[0]?.entities).toContainEqual({ kind: 'variable', value: 'POOL_SIZE' })
  })

  it('shows the two most telling places and not remarks and imports', () => {
    const patch = "@@ -1,2 +1,2 @@\n-import { a } from './a.js'\n+import { a } from './b.js'\n const x = 1\n-// old remark\n+// new remark\n const y = 2\n-const LIMIT_MS = 500\n+const LIMIT_MS = 5\n const z = 3\n-retry(3)\n+retry(1)"
    expect(texts('src/a.js', patch)).toEqual(['82ab0a28908f src/a.js: - const LIMIT_MS = 500 + const LIMIT_MS = 5', '82ab0a28908f src/a.js: - retry(3) + retry(1)'])
  })

  it('cuts long lines to where they differ', () => {
    const line = (host: string) => `upstream = "${'a'.repeat(120)}.${host}"`
    expect(texts('app.conf', `@@ -1 +1 @@\n-${line('one.test')}\n+${line('two.test')}`)[0]).toMatch(/^82ab0a28908f app\.conf: - …a+\.one\.test" \+ …a+\.two\.test"$/)
  })

  it.each(['.editorconfig', 'README.md', '.github/CODEOWNERS', 'src/pay.test.ts', 'docs/setup.yaml'])('is context only for %s, which does not run', (path) => {
    expect(signals(path, '@@ -1 +1 @@\n-a = 1\n+a = 2')[0]?.severity).toBe(0)
  })
})
