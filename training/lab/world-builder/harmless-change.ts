import type { Draft } from './draft.ts'
import { commit } from './repository.ts'
import type { Service } from './service-record.ts'

interface Change {
  readonly title: string
  readonly path: string
  readonly text: string
}

const CHANGES: readonly Change[] = [
  {
    title: 'Say in the health check which version answers',
    path: 'src/health.js',
    text: "export const health = () => ({ ok: true, version: process.env.GIT_SHA ?? 'dev' })\n",
  },
  { title: 'Log durations as whole milliseconds', path: 'src/log-format.js', text: 'export const duration = (ms) => `${Math.round(ms)}ms`\n' },
  {
    title: 'Explain how to run the service on a laptop',
    path: 'docs/running-locally.md',
    text: '# Running locally\n\nCopy `.env.example` to `.env`, then start the service as the README says.\n',
  },
  { title: 'Name the on-call rota in the code owners', path: '.github/CODEOWNERS', text: '* @on-call\n' },
  { title: 'Fix a typo in the empty-state text', path: 'src/texts.js', text: "export const empty = 'Nothing here yet.'\n" },
]

/** A small pull request that changes nothing that could break; returns its SHA. */
export function harmlessChange(draft: Draft, service: Service, at: string): string {
  const { title, path, text } = draft.random.pick(CHANGES)
  return commit(draft, service.name, { at, message: title, pull: title, files: { [path]: text } })
}
