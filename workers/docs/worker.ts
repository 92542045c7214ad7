import { defineWorker } from '../kit/define-worker.ts'
import { createDocsClient } from './client.ts'
import type { DocsClient, DocsConnection } from './client.ts'
import { getPage } from './tools/get-page.ts'
import { getPostMortem } from './tools/get-post-mortem.ts'
import { getRunbook } from './tools/get-runbook.ts'
import { listSources } from './tools/list-sources.ts'
import { lookupErrorCode } from './tools/lookup-error-code.ts'
import { searchAll } from './tools/search-all.ts'
import { searchPostMortems } from './tools/search-post-mortems.ts'
import { searchRunbooks } from './tools/search-runbooks.ts'
import { searchVendorDocs } from './tools/search-vendor-docs.ts'
import { serviceCatalog } from './tools/service-catalog.ts'

/** The specialist for what the team has written down. */
export const docsWorker = defineWorker<DocsConnection, DocsClient>({
  name: 'docs',
  service: 'The documents',
  description: 'Sees the team’s documents: runbooks, past post-mortems, the service catalogue (owners, repositories, dependencies), decisions, what repositories say of themselves, and the vendors’ pages it is allowed to read.',
  tools: [searchAll, getPage, searchRunbooks, getRunbook, searchPostMortems, getPostMortem, serviceCatalog, searchVendorDocs, lookupErrorCode, listSources],
  baseUrls: ({ baseUrl, vendorPages = [] }) => [...(baseUrl === undefined ? [] : [baseUrl]), ...new Set(vendorPages.flatMap((url) => URL.parse(url)?.origin ?? []))],
  connect: createDocsClient,
})
