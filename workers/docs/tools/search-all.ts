import { searchTool } from '../search-tool.ts'

/** Sections of all pages that answer a query best. */
export const searchAll = searchTool({
  name: 'docs_search_all',
  title: 'Search all documents',
  useWhen: 'Use when you need what the team has written down about a symptom, a service, an error or a procedure.',
  kind: undefined,
  what: 'document',
})
