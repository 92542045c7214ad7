/** What a file is for, by its path: what a change to it can break follows from that. */
export const fileClasses = ['documentation', 'test', 'text', 'build', 'schema', 'setting', 'code'] as const
export type FileClass = (typeof fileClasses)[number]

/** In order: the first that fits. */
const patterns: readonly (readonly [FileClass, RegExp])[] = [
  ['build', /(^|\/)(dockerfile[^/]*|makefile|cmakelists\.txt|package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|go\.(mod|sum)|requirements[^/]*\.txt|pyproject\.toml|poetry\.lock|nixpacks\.toml|tsconfig[^/]*\.json)$|\.lock$/i],
  ['documentation', /^docs?\/|\.(md|mdx|txt|rst|adoc)$|(^|\/)(licen[cs]e|codeowners|authors|changelog|notice)$|(^|\/)\.(gitignore|gitattributes|editorconfig|prettierrc|mailmap|npmignore|dockerignore)$|(^|\/)\.(vscode|idea)\/|pull_request_template|issue_template/i],
  ['build', /(^|\/)\.github\//i],
  ['test', /(^|\/)(tests?|spec|__tests__|fixtures|e2e)\/|\.(test|spec)\.[a-z]+$/i],
  ['text', /(^|\/)(locales?|i18n|translations?)\/|(^|\/)(messages|texts?|copy|strings|labels)\.[a-z]+$|\.(css|scss|svg|png|po)$/i],
  ['schema', /(^|\/)migrations?\/|\.sql$|(^|\/)schema\.[a-z]+$/i],
  ['setting', /\.(ya?ml|toml|ini|conf|cfg|properties|json)$|(^|\/)\.env(\.|$)|\.env$|(^|\/)(config|settings?|flags?|constants?|limits?|env)(\/|\.|$)|(^|\/)(deploy|k8s|kubernetes|helm|charts|infra|terraform)\//i],
]

/** The class of a path; code when nothing else fits. */
export function fileClassOf(path: string): FileClass {
  const bare = path.replace(/:\d+$/, '')
  return patterns.find(([, pattern]) => pattern.test(bare))?.[0] ?? 'code'
}
