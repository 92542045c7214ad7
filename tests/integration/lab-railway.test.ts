import { describe, expect, it } from 'vitest'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const world = await loadWorld('tests/fixtures/world')
const production = 'd6e4a9b6-646c-42fc-88ba-a6dd6150d1f7'
const quoteApi = 'f209672a-3e01-4941-88ff-550dfdf277a9'
const project = '4dc844ab-ccfc-4d13-8d08-7c1c7fcec557'
const current = 'bcdb1725-801f-4baa-8736-bdb60623a815'

interface Answer {
  data?: Record<string, unknown> | null
  errors?: { message: string; path?: string[]; extensions: { code: string }; traceId: string }[]
}

function railway(over = world) {
  const lab = createLab(over)
  const ask = async (query: string, variables: Record<string, unknown> = {}) => {
    const response = await lab.fetch(`${lab.services.railway.url}/graphql/v2`, {
      method: 'POST',
      headers: { authorization: `Bearer ${lab.services.railway.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    return { status: response.status, headers: response.headers, ...((await response.json()) as Answer) }
  }
  return { lab, ask }
}

const line = (source: 'railway.deploy' | 'railway.http', time: string, message: string, fields: Record<string, string | number> = {}) =>
  ({ source, time, level: source === 'railway.http' ? 'info' : 'error', message, fields: { deployment: current, ...fields } }) as const

describe('the simulated Railway', () => {
  it('pages connections by cursor until there is no next page', async () => {
    const { ask } = railway()
    const query = 'query($after:String){ deployments(input:{projectId:"' + project + '"}, first:1, after:$after){ pageInfo{hasNextPage endCursor} edges{node{id status}} } }'
    const seen: unknown[] = []
    let after: unknown = null
    for (let more = true; more;) {
      const { data } = await ask(query, { after })
      const page = data?.['deployments'] as { edges: { node: { status: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
      seen.push(...page.edges.map(({ node }) => node.status))
      after = page.pageInfo.endCursor
      more = page.pageInfo.hasNextPage
    }
    expect(seen).toEqual(['SUCCESS', 'CRASHED', 'REMOVED'])
  })

  it('tells a deployment with the commit it came from', async () => {
    const { ask } = railway()
    const { data } = await ask('query($id:String!){ deployment(id:$id){ status meta creator{name} instances{status} environment{name} service{name} } }', { id: current })
    expect(data?.['deployment']).toMatchObject({
      status: 'SUCCESS', creator: { name: 'Priya Raman' }, environment: { name: 'production' }, service: { name: 'quote-api' },
      instances: [{ status: 'RUNNING' }, { status: 'RUNNING' }],
      meta: { repo: 'larkspur/quote-api', branch: 'main', commitHash: '59395c05c18b9c8904853715d4136921de0b48f1', commitAuthor: 'praman' },
    })
  })

  it('filters logs by its own filter language and a window', async () => {
    const logs = [
      line('railway.deploy', '2026-03-12T10:00:00Z', 'POST /api failed', { retries: 3 }),
      line('railway.deploy', '2026-03-12T10:01:00Z', 'POST /api failed again', { retries: 9 }),
      line('railway.deploy', '2026-03-12T10:02:00Z', 'connection refused', { retries: 1 }),
      line('railway.deploy', '2026-03-12T10:45:00Z', 'not yet written at half past ten', {}),
    ]
    const { ask } = railway({ ...world, logs: logs.map((entry) => ({ ...entry })) })
    const messages = async (filter: string, more: Record<string, unknown> = {}): Promise<unknown> => {
      const { data } = await ask('query($id:String!,$filter:String,$limit:Int,$startDate:DateTime){ deploymentLogs(deploymentId:$id,filter:$filter,limit:$limit,startDate:$startDate){ message } }', { id: current, filter, ...more })
      const lines = data?.['deploymentLogs'] as { message: string }[] | undefined
      return lines?.map(({ message }) => message)
    }
    expect(await messages('"POST /api" AND @retries:1..3')).toEqual(['POST /api failed'])
    expect(await messages('refused OR @retries:>=9')).toEqual(['POST /api failed again', 'connection refused'])
    expect(await messages('@level:error -(again OR refused)')).toEqual(['POST /api failed'])
    expect(await messages('', { limit: 1 })).toEqual(['connection refused'])
    expect(await messages('', { startDate: '2026-03-12T10:01:30Z' })).toEqual(['connection refused'])
    const { errors } = await ask('query($id:String!){ deploymentLogs(deploymentId:$id,filter:"(open"){ message } }', { id: current })
    expect(errors?.[0]?.message).toContain('parenthesis')
  })

  it('derives HTTP metrics from the HTTP log lines', async () => {
    const request = (second: number, status: number, durationMs: number) =>
      ({ ...line('railway.http', `2026-03-12T10:00:0${second}Z`, 'GET /x', { status, durationMs, method: 'GET', path: '/x' }) })
    const { ask } = railway({ ...world, logs: [request(1, 200, 10), request(2, 200, 20), request(3, 500, 900), request(4, 200, 30)] })
    const window = { e: production, s: quoteApi, start: '2026-03-12T10:00:00Z', end: '2026-03-12T10:30:00Z' }
    const { data } = await ask(
      `query($e:String!,$s:String!,$start:DateTime!,$end:DateTime!){
        httpMetricsGroupedByStatus(environmentId:$e,serviceId:$s,startDate:$start,endDate:$end,stepSeconds:60){ statusCode samples{value} }
        httpDurationMetrics(environmentId:$e,serviceId:$s,startDate:$start,endDate:$end,stepSeconds:60){ samples{p50 p99} } }`,
      window,
    )
    expect(data).toEqual({
      httpMetricsGroupedByStatus: [{ statusCode: 200, samples: [{ value: 3 }] }, { statusCode: 500, samples: [{ value: 1 }] }],
      httpDurationMetrics: { samples: [{ p50: 20, p99: 900 }] },
    })
  })

  it('answers what is not there, and what is not in the schema, in its own error shape', async () => {
    const { ask } = railway()
    const missing = await ask('query{ deployment(id:"nope"){ id } }')
    expect(missing.errors?.[0]).toMatchObject({ message: 'Deployment not found', path: ['deployment'], extensions: { code: 'INTERNAL_SERVER_ERROR' } })
    const unknown = await ask('query{ deploymens{ id } }')
    expect(unknown).toMatchObject({ status: 400, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] })
    expect(unknown.errors?.[0]?.message).toContain('Cannot query field "deploymens"')
  })

  it('refuses a mutation, however it is dressed, and records it as a write', async () => {
    const { lab, ask } = railway()
    const { data, errors } = await ask('# query\nmutation list_projects { serviceInstanceRedeploy(environmentId:"a", serviceId:"b") }')
    expect({ data, message: errors?.[0]?.message }).toEqual({ data: null, message: 'Not Authorized' })
    await ask('query{ platformStatus{ isStable } }')
    expect(lab.recorder.writes()).toHaveLength(1)
  })

  it('gives variables with references left alone when asked for them unrendered', async () => {
    const { ask } = railway()
    const { data } = await ask('query($p:String!,$e:String!,$s:String){ variables(projectId:$p,environmentId:$e,serviceId:$s,unrendered:true) }', { p: project, e: production, s: quoteApi })
    expect(Object.keys(data?.['variables'] as object)).toEqual(expect.arrayContaining(['DATABASE_URL', 'LOG_LEVEL', 'RAILWAY_SERVICE_NAME']))
  })
})
