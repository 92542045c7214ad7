import { searchTool } from '../search-tool.ts'

/** Sections of post-mortems that answer a query best. */
export const searchPostMortems = searchTool({
  name: 'docs_search_post_mortems',
  title: 'Search post-mortems',
  useWhen: 'Use when a similar incident may have happened before: its cause, its fix, its open action items.',
  kind: 'post_mortem',
  what: 'post-mortem',
})
