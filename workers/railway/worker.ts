import { defineWorker } from '../kit/define-worker.ts'
import { createRailwayClient } from './client.ts'
import type { RailwayClient, RailwayConnection } from './client.ts'
import { buildLogs } from './tools/build-logs.ts'
import { deployLogs } from './tools/deploy-logs.ts'
import { deploymentEvents } from './tools/deployment-events.ts'
import { domainStatus } from './tools/domain-status.ts'
import { environmentLogs } from './tools/environment-logs.ts'
import { environmentStatus } from './tools/environment-status.ts'
import { getDeployment } from './tools/get-deployment.ts'
import { getProject } from './tools/get-project.ts'
import { getServiceConfig } from './tools/get-service-config.ts'
import { httpErrors } from './tools/http-errors.ts'
import { httpLatency } from './tools/http-latency.ts'
import { httpLogs } from './tools/http-logs.ts'
import { listActivity } from './tools/list-activity.ts'
import { listDeployments } from './tools/list-deployments.ts'
import { listProjects } from './tools/list-projects.ts'
import { listVolumes } from './tools/list-volumes.ts'
import { networkLogs } from './tools/network-logs.ts'
import { platformStatus } from './tools/platform-status.ts'
import { resourceMetrics } from './tools/resource-metrics.ts'
import { serviceLimits } from './tools/service-limits.ts'
import { stagedChanges } from './tools/staged-changes.ts'
import { variableNames } from './tools/variable-names.ts'

/** Reads one environment of a Railway project: services, deployments, logs, requests, metrics, variable names, domains, volumes, network, activity. */
export const railwayWorker = defineWorker<RailwayConnection, RailwayClient>({
  name: 'railway',
  service: 'Railway',
  description: 'Reads the Railway environment: services and deployments with their commits, build and run-time logs, requests by status and latency, CPU and memory, limits, configuration, variable names, domains, volumes, DNS and network flows, who changed what, staged changes, Railway’s own incidents.',
  baseUrls: (connection) => [connection.url],
  connect: createRailwayClient,
  tools: [
    environmentStatus, listDeployments, getDeployment, deployLogs, buildLogs, httpLogs, httpErrors, httpLatency, resourceMetrics, getServiceConfig, variableNames,
    domainStatus, environmentLogs, listActivity, networkLogs, serviceLimits, listVolumes, deploymentEvents, stagedChanges, platformStatus, getProject, listProjects,
  ],
})
