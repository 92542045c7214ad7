import { defineWorker } from '../kit/define-worker.ts'
import { createRailwayClient } from './client.ts'
import type { RailwayClient, RailwayConnection } from './client.ts'
import { buildLogs } from './tools/build-logs.ts'
import { deployLogs } from './tools/deploy-logs.ts'
import { domainStatus } from './tools/domain-status.ts'
import { environmentStatus } from './tools/environment-status.ts'
import { getDeployment } from './tools/get-deployment.ts'
import { getServiceConfig } from './tools/get-service-config.ts'
import { httpErrors } from './tools/http-errors.ts'
import { httpLatency } from './tools/http-latency.ts'
import { httpLogs } from './tools/http-logs.ts'
import { listDeployments } from './tools/list-deployments.ts'
import { resourceMetrics } from './tools/resource-metrics.ts'
import { variableNames } from './tools/variable-names.ts'

/** Reads one environment of a Railway project: services, deployments, logs, requests, metrics, variable names, domains. */
export const railwayWorker = defineWorker<RailwayConnection, RailwayClient>({
  name: 'railway',
  service: 'Railway',
  description: 'Reads the Railway environment: services and deployments with their commits, build and run-time logs, requests by status and latency, CPU and memory, configuration, variable names, domains.',
  baseUrls: (connection) => [connection.url],
  connect: createRailwayClient,
  tools: [
    environmentStatus, listDeployments, getDeployment, deployLogs, buildLogs, httpLogs, httpErrors, httpLatency, resourceMetrics, getServiceConfig, variableNames,
    domainStatus,
  ],
})
