/** What a file is for, by its path: what a change to it can break follows from that. */
export const fileClasses = ['documentation', 'test', 'text', 'build', 'schema', 'setting', 'code'] as const
export type FileClass = (typeof fileClasses)[number]

/** In order: the first that fits. */
const patterns: readonly (readonly [FileClass, RegExp])[] = [
  ['documentation', /\.(md|mdx|txt|rst|adoc)$|(^|\/)(docs?|licen[cs]e|codeowners|authors|changelog|notice)(\/|$)|(^|\/)\.(gitignore|gitattributes|editorconfig|prettierrc|mailmap|vscode|idea|npmignore|dockerignore)|pull_request_template|issue_template/i],
  ['test', /(^|\/)(tests?|spec|__tests__|fixtures|e2e)(\/|$)|\.(test|spec)\.[a-z]+$/i],
  ['text', /(^|\/)(locales?|i18n|lang|translations?|messages|texts?|copy|strings|labels)(\/|\.|$)|\.(css|scss|svg|png|po)$/i],
  ['schema', /(^|\/)migrations?\/|\.sql$|schema\.[a-z]+$/i],
  ['build', /(^|\/)(dockerfile|makefile|package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|go\.(mod|sum)|requirements[^/]*\.txt|pyproject\.toml|poetry\.lock|nixpacks\.toml|tsconfig[^/]*\.json)$|(^|\/)\.github\/|\.lock$/i],
  ['setting', /\.(ya?ml|toml|ini|env|conf|cfg|properties|json)$|(^|\/)(config|settings?|flags?|constants?|limits?|env)(\/|\.|$)|(^|\/)(deploy|k8s|kubernetes|helm|charts|infra|terraform)\//i],
]

/** The class of a path; code when nothing else fits. */
export function fileClassOf(path: string): FileClass {
  return patterns.find(([, pattern]) => pattern.test(path))?.[0] ?? 'code'
}
