import type { Operation } from '../../src/core/worker.ts'
import { entityField } from '../kit/window.ts'
import { documents, GRAPHQL_PATH } from './documents.ts'
import type { DocumentName } from './documents.ts'

export const serviceField = entityField('service', 'service name')
export const deploymentField = entityField('deployment', 'deployment id')

/** The operations of a tool that sends these documents; the names of services and environments are always among them. */
export function sends(...names: readonly DocumentName[]): readonly Operation[] {
  return ['project_names' as const, ...names].map((name) => ({ type: 'graphql', path: GRAPHQL_PATH, document: documents[name] }))
}
