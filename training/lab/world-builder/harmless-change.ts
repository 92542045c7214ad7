import type { Draft } from './draft.ts'
import { commit } from './repository.ts'
import type { Service } from './service-record.ts'

interface Change {
  readonly title: string
  readonly path: string
  readonly text: string
}

/** Changes any repository can take, whatever it is written in. */
const PLAIN: readonly Change[] = [
  {
    title: 'Explain how to run the service on a laptop',
    path: 'docs/running-locally.md',
    text: '# Running locally\n\nCopy `.env.example` to `.env`, then start it as the README says.\n',
  },
  { title: 'Name the on-call rota in the code owners', path: '.github/CODEOWNERS', text: '* @on-call\n' },
  {
    title: 'Ask for a screenshot in pull requests',
    path: '.github/pull_request_template.md',
    text: 'What changes, and why?\n\nA screenshot, if one can see it:\n',
  },
  { title: 'Ignore the editor folders', path: '.gitignore', text: 'node_modules\n.venv\n.idea\n.vscode\n' },
  { title: 'Indent with spaces everywhere', path: '.editorconfig', text: 'root = true\n\n[*]\nindent_style = space\n' },
]

const NODE: readonly Change[] = [
  {
    title: 'Say in the health check which version answers',
    path: 'src/health.js',
    text: "export const health = () => ({ ok: true, version: process.env.GIT_SHA ?? 'dev' })\n",
  },
  { title: 'Log durations as whole milliseconds', path: 'src/log-format.js', text: 'export const duration = (ms) => `${Math.round(ms)}ms`\n' },
  { title: 'Fix a typo in the empty-state text', path: 'src/texts.js', text: "export const empty = 'Nothing here yet.'\n" },
  { title: 'Show a retry hint on the error page', path: 'src/error-page.js', text: "export const hint = 'Please try again in a moment.'\n" },
]

const PYTHON: readonly Change[] = [
  { title: 'Log durations as whole milliseconds', path: 'jobs/log_format.py', text: 'def duration(ms):\n    return f"{round(ms)}ms"\n' },
  { title: 'Say at the start which version runs', path: 'jobs/version.py', text: 'import os\n\nVERSION = os.environ.get("GIT_SHA", "dev")\n' },
]

/** A small pull request that changes nothing that could break, and that no other repository had lately; returns its SHA. */
export function harmlessChange(draft: Draft, service: Service, at: string): string {
  const taken = new Set(draft.world.github.repositories.flatMap(({ pulls }) => pulls.map((pull) => pull.title)))
  const changes = [...PLAIN, ...(service.spec.platform === 'python' ? PYTHON : NODE)]
  const fresh = changes.filter((change) => !taken.has(change.title))
  const { title, path, text } = draft.random.pick(fresh.length > 0 ? fresh : changes)
  return commit(draft, service.name, { at, message: title, pull: title, files: { [path]: text } })
}
