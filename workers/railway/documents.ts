/** Where Railway takes GraphQL, below its address. */
export const GRAPHQL_PATH = '/graphql/v2'

/**
 * Every GraphQL document this worker can send, by operation name. They are fixed: arguments travel as variables only.
 * Fields and types follow the public schema of Railway's API.
 */
export const documents = {
  project_names: `query project_names($id: String!) {
    project(id: $id) { id name environments { edges { node { id name } } } services { edges { node { id name } } } }
  }`,
  list_projects: `query list_projects($first: Int, $after: String) {
    projects(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node { id name updatedAt environments { edges { node { name } } } services { edges { node { name } } } } }
    }
  }`,
  token_project: `query token_project {
    projectToken { project { id name updatedAt environments { edges { node { name } } } services { edges { node { name } } } } }
  }`,
  get_project: `query get_project($id: String!) {
    project(id: $id) {
      id name description createdAt prDeploys environments { edges { node { id name isEphemeral } } }
      services { edges { node { id name createdAt } } } volumes { edges { node { id name } } }
    }
  }`,
  environment_status: `query environment_status($id: String!) {
    environment(id: $id) { id name serviceInstances { edges { node {
      id serviceId serviceName numReplicas region cronSchedule nextCronRunAt
      latestDeployment { id status createdAt deploymentStopped meta }
    } } } }
  }`,
  service_config: `query service_config($e: String!, $s: String!) {
    serviceInstance(environmentId: $e, serviceId: $s) {
      id serviceName startCommand buildCommand builder preDeployCommand healthcheckPath healthcheckTimeout
      restartPolicyType restartPolicyMaxRetries numReplicas region cronSchedule nextCronRunAt sleepApplication
      rootDirectory railwayConfigFile source { repo image } updatedAt
    }
  }`,
  list_deployments: `query list_deployments($input: DeploymentListInput!, $first: Int, $after: String) {
    deployments(input: $input, first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node { id status createdAt statusUpdatedAt canRollback meta serviceId environmentId creator { name } } }
    }
  }`,
  get_deployment: `query get_deployment($id: String!) {
    deployment(id: $id) {
      id status createdAt updatedAt statusUpdatedAt deploymentStopped diagnosis meta url staticUrl canRollback
      serviceId environmentId instances { id status } creator { name }
    }
  }`,
  deployment_events: `query deployment_events($id: String!, $first: Int) {
    deploymentEvents(id: $id, first: $first) {
      edges { node { id step createdAt completedAt payload { error reason attempt maxAttempts durationMs } } }
    }
  }`,
  build_logs: `query build_logs($id: String!, $filter: String, $limit: Int, $startDate: DateTime, $endDate: DateTime) {
    buildLogs(deploymentId: $id, filter: $filter, limit: $limit, startDate: $startDate, endDate: $endDate) {
      timestamp severity message
    }
  }`,
  deploy_logs: `query deploy_logs($id: String!, $filter: String, $limit: Int, $startDate: DateTime, $endDate: DateTime) {
    deploymentLogs(deploymentId: $id, filter: $filter, limit: $limit, startDate: $startDate, endDate: $endDate) {
      timestamp severity message attributes { key value }
    }
  }`,
  environment_logs: `query environment_logs($e: String!, $filter: String, $anchor: String, $after: String, $limit: Int) {
    environmentLogs(environmentId: $e, filter: $filter, anchorDate: $anchor, afterDate: $after, beforeLimit: $limit) {
      timestamp severity message attributes { key value } tags { serviceId deploymentId }
    }
  }`,
  http_logs: `query http_logs($id: String!, $filter: String, $limit: Int, $beforeDate: String, $afterDate: String) {
    httpLogs(deploymentId: $id, filter: $filter, limit: $limit, beforeDate: $beforeDate, afterDate: $afterDate) {
      timestamp requestId method path host httpStatus totalDuration upstreamRqDuration upstreamErrors responseDetails edgeRegion
    }
  }`,
  http_errors: `query http_errors($e: String!, $s: String!, $start: DateTime!, $end: DateTime!, $step: Int) {
    httpMetricsGroupedByStatus(environmentId: $e, serviceId: $s, startDate: $start, endDate: $end, stepSeconds: $step) {
      statusCode samples { ts value }
    }
  }`,
  http_latency: `query http_latency($e: String!, $s: String!, $start: DateTime!, $end: DateTime!, $step: Int) {
    httpDurationMetrics(environmentId: $e, serviceId: $s, startDate: $start, endDate: $end, stepSeconds: $step) {
      samples { ts p50 p90 p95 p99 }
    }
  }`,
  resource_metrics: `query resource_metrics(
    $p: String, $e: String, $s: String, $start: DateTime!, $end: DateTime, $m: [MetricMeasurement!]!, $rate: Int
  ) {
    metrics(projectId: $p, environmentId: $e, serviceId: $s, startDate: $start, endDate: $end, measurements: $m, sampleRateSeconds: $rate) {
      measurement values { ts value }
    }
  }`,
  usage_by_service: `query usage_by_service(
    $p: String, $e: String, $start: DateTime!, $end: DateTime, $m: [MetricMeasurement!]!, $rate: Int
  ) {
    metrics(projectId: $p, environmentId: $e, startDate: $start, endDate: $end, measurements: $m, sampleRateSeconds: $rate, groupBy: [SERVICE_ID]) {
      measurement tags { serviceId } values { ts value }
    }
  }`,
  service_limits: `query service_limits($e: String!, $s: String!) {
    serviceInstanceLimits(environmentId: $e, serviceId: $s)
  }`,
  variables: `query variables($p: String!, $e: String!, $s: String) {
    variables(projectId: $p, environmentId: $e, serviceId: $s, unrendered: true)
  }`,
  list_volumes: `query list_volumes($e: String!) {
    environment(id: $e) { volumeInstances { edges { node { id mountPath sizeMB currentSizeMB state region serviceId volume { name } } } } }
  }`,
  dns_logs: `query dns_logs($e: String!, $s: String, $anchor: String, $after: String, $limit: Int) {
    dnsQueryLogs(environmentId: $e, serviceId: $s, anchorDate: $anchor, afterDate: $after, beforeLimit: $limit) {
      queriedAt serviceId qname qtype queryZone rcode answers
    }
  }`,
  flow_logs: `query flow_logs($e: String!, $s: String, $anchor: String, $after: String, $limit: Int) {
    networkFlowLogs(environmentId: $e, serviceId: $s, anchorDate: $anchor, afterDate: $after, beforeLimit: $limit) {
      captureStart serviceId direction flowState dropCause l4Protocol l4LatencyMs srcAddr dstAddr dstPort peerKind peerServiceId
    }
  }`,
  activity: `query activity($p: String!, $e: String, $first: Int, $after: String) {
    events(projectId: $p, environmentId: $e, first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node { id createdAt action object severity environmentId activityPayload } }
    }
  }`,
  staged_changes: `query staged_changes($e: String!) {
    environmentStagedChanges(environmentId: $e) { id status message updatedAt lastAppliedError patch }
  }`,
  platform_status: `query platform_status {
    platformStatus { isStable incident { id message status url createdAt } maintenance { id message status start url } }
  }`,
  domains: `query domains($p: String!, $e: String!, $s: String!) {
    domains(projectId: $p, environmentId: $e, serviceId: $s) {
      serviceDomains { id domain targetPort }
      customDomains { id domain targetPort status {
        verified certificateStatus certificateErrorMessage dnsRecords { hostlabel requiredValue currentValue status }
      } }
    }
  }`,
} as const

export type DocumentName = keyof typeof documents
