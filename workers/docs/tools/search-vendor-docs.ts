import { searchTool } from '../search-tool.ts'

/** Sections of the vendors' pages that this team has allowed; nothing else of the web is ever read. */
export const searchVendorDocs = searchTool({
  name: 'docs_search_vendor_docs',
  title: 'Search vendors’ pages',
  useWhen: 'Use when a limit, error or behaviour of a service itself is in question and the team has written nothing about it.',
  kind: 'vendor',
  what: 'vendor’s page',
})
