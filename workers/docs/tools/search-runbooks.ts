import { searchTool } from '../search-tool.ts'

/** Sections of runbooks that answer a query best. */
export const searchRunbooks = searchTool({
  name: 'docs_search_runbooks',
  title: 'Search runbooks',
  useWhen: 'Use when you need the team’s own procedure or known cause for a symptom.',
  kind: 'runbook',
  what: 'runbook',
})
