import type { Operation } from '../../src/core/worker.ts'

/** A GET below one organisation. */
export function organizationRead(path: string): Operation {
  return { type: 'http', method: 'GET', path: `/api/0/organizations/{organization}/${path}` }
}

/** What every tool needs that takes an issue by its numeric or its short id. */
export const issueLookup: Operation = organizationRead('shortids/{shortId}/')
