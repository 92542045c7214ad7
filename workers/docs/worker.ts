import { defineWorker } from '../kit/define-worker.ts'
import { createDocsClient } from './client.ts'
import type { DocsClient, DocsConnection } from './client.ts'
import { getPage } from './tools/get-page.ts'
import { listSources } from './tools/list-sources.ts'
import { lookupErrorCode } from './tools/lookup-error-code.ts'
import { searchAll } from './tools/search-all.ts'
import { searchPostMortems } from './tools/search-post-mortems.ts'
import { searchRunbooks } from './tools/search-runbooks.ts'
import { serviceCatalog } from './tools/service-catalog.ts'

/** The specialist for what the team has written down. */
export const docsWorker = defineWorker<DocsConnection, DocsClient>({
  name: 'docs',
  service: 'The documents',
  description: 'Sees the team’s documents: runbooks, past post-mortems, the service catalogue (owners, repositories, dependencies), decisions and other pages.',
  tools: [searchAll, getPage, searchRunbooks, searchPostMortems, serviceCatalog, lookupErrorCode, listSources],
  baseUrls: ({ baseUrl }) => (baseUrl === undefined ? [] : [baseUrl]),
  connect: createDocsClient,
})
