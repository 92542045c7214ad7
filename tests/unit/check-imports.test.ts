import { describe, expect, it } from 'vitest'
import { checkImports } from '../../scripts/check-imports.ts'

/** The problems of a toy tree, given as path → text, as `path: message`. */
function problemsOf(tree: Record<string, string>): string[] {
  const files = Object.entries(tree).map(([path, text]) => ({ path, text }))
  return checkImports(files).map(({ path, message }) => `${path}: ${message}`)
}

/** The problems of one file that does nothing but the given import. */
function problemsOfImport(path: string, specifier: string): string[] {
  return problemsOf({ [path]: `import { thing } from "${specifier}";\nexport const own = thing;\n` })
}

describe('the direction of imports', () => {
  it.each([
    ['src/core/alert.ts', '../agent/loop.ts'],
    ['src/core/alert.ts', 'node:crypto'],
    ['src/core/alert.ts', 'pino'],
    ['src/agent/loop.ts', '../orchestrator/investigate.ts'],
    ['src/agent/loop.ts', 'openai'],
    ['src/intake/recognise.ts', '../agent/loop.ts'],
    ['src/intake/recognise.ts', '../feedback/thumb.ts'],
    ['src/feedback/thumb.ts', '../adapters/store/rows.ts'],
    ['src/orchestrator/investigate.ts', '../adapters/slack/post.ts'],
    ['src/orchestrator/investigate.ts', '../../workers/sentry/worker.ts'],
    ['src/adapters/slack/post.ts', '../store/rows.ts'],
    ['src/adapters/slack/post.ts', '../../orchestrator/investigate.ts'],
    ['src/adapters/slack/post.ts', 'bullmq'],
    ['src/adapters/queue/jobs.ts', '@slack/bolt'],
    ['src/config.ts', './start.ts'],
    ['src/start.ts', '../training/rollout.ts'],
    ['src/start.ts', 'bullmq'],
    ['src/bind-workers.ts', '../training/rollout.ts'],
    ['workers/sentry/worker.ts', '../github/worker.ts'],
    ['workers/sentry/worker.ts', '../../src/agent/loop.ts'],
    ['workers/github/worker.ts', '@octokit/rest'],
    ['workers/github/tools/list-commits.ts', '@octokit/rest'],
    ['workers/github/client.ts', '@kubernetes/client-node'],
    ['workers/kit/guarded-fetch.ts', '../sentry/client.ts'],
    ['workers/kit/guarded-fetch.ts', '../../src/orchestrator/investigate.ts'],
    ['training/lab/sentry/routes.ts', '../../../workers/sentry/client.ts'],
    ['training/lab/sentry/routes.ts', '../../../src/agent/loop.ts'],
    ['training/lab/sentry/routes.ts', '../../../src/orchestrator/investigate.ts'],
    ['training/lab/sentry/routes.ts', '../../rollout.ts'],
    ['training/rollout.ts', '../tests/setup/redis.ts'],
    ['training/rollout.ts', 'openai'],
    ['tasks/families/expired-token.ts', '../../training/lab/sentry/routes.ts'],
    ['tasks/families/expired-token.ts', '../../src/agent/loop.ts'],
    ['scripts/check-docs.ts', '../tests/setup/redis.ts'],
  ])('refuses %s → %s', (path, specifier) => {
    expect(problemsOfImport(path, specifier)).toEqual([expect.stringContaining(path)])
  })

  it.each([
    ['src/core/alert.ts', 'zod'],
    ['src/core/alert.ts', './entity.ts'],
    ['src/agent/loop.ts', '../core/policy.ts'],
    ['src/agent/loop.ts', 'node:timers/promises'],
    ['src/orchestrator/investigate.ts', '../agent/loop.ts'],
    ['src/adapters/slack/post.ts', '@slack/web-api'],
    ['src/adapters/models/local/policy.ts', '../../../core/policy.ts'],
    ['src/start.ts', './adapters/slack/post.ts'],
    ['src/start.ts', '../workers/sentry/worker.ts'],
    ['src/bind-workers.ts', '../workers/sentry/worker.ts'],
    ['workers/sentry/tools/list-issues.ts', '../client.ts'],
    ['workers/sentry/worker.ts', '../kit/define-worker.ts'],
    ['workers/github/client.ts', '@octokit/rest'],
    ['workers/kit/define-worker.ts', '../../src/agent/loop.ts'],
    ['training/lab/sentry/routes.ts', 'hono'],
    ['training/rollout.ts', '../src/orchestrator/investigate.ts'],
    ['training/rollout.ts', './lab/serve.ts'],
    ['tasks/families/expired-token.ts', '../../training/lab/world-builder.ts'],
    ['tests/unit/alert.test.ts', '../../src/core/alert.ts'],
  ])('allows %s → %s', (path, specifier) => {
    expect(problemsOfImport(path, specifier)).toEqual([])
  })

  it.each([
    ['a type import', 'import type { Loop } from "../agent/loop.ts";'],
    ['an inline type import', 'import { type Loop } from "../agent/loop.ts";'],
    ['a type in place', 'export type Own = import("../agent/loop.ts").Loop;'],
    ['a side effect', 'import "../agent/loop.ts";'],
    ['a re-export', 'export { loop } from "../agent/loop.ts";\nexport const own = 1;'],
    ['a type re-export', 'export type { Loop } from "../agent/loop.ts";\nexport const own = 1;'],
    ['a dynamic import', 'export const own = await import("../agent/loop.ts");'],
  ])('counts %s', (_, text) => {
    expect(problemsOf({ 'src/core/alert.ts': text })).toEqual([expect.stringContaining('src/agent/loop.ts')])
  })

  it('sends a file of no row to the table', () => {
    expect(problemsOf({ 'src/adapters/fax/send.ts': 'export const own = 1;' })).toEqual([
      expect.stringContaining('scripts/import-rules.ts'),
    ])
  })
})

describe('the command line', () => {
  it('may import types, commander and Node eagerly, and anything lazily', () => {
    const text = [
      'import { readFile } from "node:fs/promises";',
      'import { Command } from "commander";',
      'import type { Config } from "./src/config.ts";',
      'export const start = () => import("./src/start.ts");',
    ].join('\n')
    expect(problemsOf({ 'foreman.ts': text })).toEqual([])
  })

  it.each(['./src/start.ts', './training/rollout.ts', 'pino'])('may not import %s eagerly', (specifier) => {
    expect(problemsOfImport('foreman.ts', specifier)).toEqual([expect.stringContaining('await import')])
  })
})

describe('the shape of the house', () => {
  it('has no cycles, and names the whole circle once', () => {
    const problems = problemsOf({
      'src/core/a.ts': 'import type { B } from "./b.ts";\nexport type A = B;',
      'src/core/b.ts': 'import type { C } from "./c.ts";\nexport type B = C;',
      'src/core/c.ts': 'import type { A } from "./a.ts";\nexport type C = A;',
    })
    expect(problems).toEqual([expect.stringContaining('src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts')])
  })

  it('sees a file that imports itself', () => {
    expect(problemsOfImport('src/core/a.ts', './a.ts')).toEqual([expect.stringContaining('cycle')])
  })

  it.each([
    ['src/core/index.ts', 'export const own = 1;', 'barrel'],
    ['src/core/all.ts', 'export * from "./alert.ts";', 'only re-exports'],
    [
      'src/core/all.ts',
      'export { alert } from "./alert.ts";\nexport type { Other } from "./other.ts";',
      'only re-exports',
    ],
    ['src/core/utils.ts', 'export const own = 1;', 'drawer'],
    ['src/core/helpers/dates.ts', 'export const own = 1;', 'drawer'],
    ['src/core/runBudget.ts', 'export const own = 1;', 'kebab-case'],
  ])('has no %s of text %j', (path, text, word) => {
    expect(problemsOf({ [path]: text })).toEqual([expect.stringContaining(word)])
  })

  it('says which line to look at', () => {
    const text = '// A comment.\n\nimport { loop } from "../agent/loop.ts";\nexport const own = loop;'
    expect(checkImports([{ path: 'src/core/alert.ts', text }])).toEqual([expect.objectContaining({ line: 3 })])
  })
})
