import { join } from 'node:path'
import { createLab } from '../../training/lab/lab.ts'
import type { Lab } from '../../training/lab/lab.ts'
import { serviceNames } from '../../training/lab/service.ts'
import type { ServiceName } from '../../training/lab/service.ts'
import { loadTask } from '../../training/tasks/load-task.ts'
import type { LoadedTask } from '../../training/tasks/load-task.ts'
import { timed } from './rows.ts'
import type { Row } from './rows.ts'

const warmUp = 20
const measured = 300
const atOnce = 8

/** A read that agents make often, of each service: its path, and its body where it is a POST. */
interface Read {
  readonly path: string
  readonly body?: object
}

function readsOf({ world, task }: LoadedTask): Readonly<Record<ServiceName, Read>> {
  const { owner, name } = world.github.repositories[0] ?? { owner: 'none', name: 'none' }
  const project = world.railway.projects[0]?.id
  return {
    sentry: { path: `/api/0/organizations/${world.sentry.organization.slug}/issues/${task.alertIssue ?? ''}/events/?per_page=20` },
    supabase: { path: `/v1/projects/${world.supabase.project.ref}/database/query/read-only`, body: { query: 'select count(*) from pg_class' } },
    railway: { path: '/graphql/v2', body: { query: 'query names($id: String!) { project(id: $id) { id name services { edges { node { id name } } } } }', variables: { id: project } } },
    kubernetes: { path: '/api/v1/pods?limit=50' },
    github: { path: `/repos/${owner}/${name}/commits?per_page=20` },
    docs: { path: '/llms.txt' },
  }
}

/** Requests per second that the lab answers, per service, in process and over its ports; eight at once. */
export async function labRequests(tasksDirectory: string): Promise<Row[]> {
  const loaded = await loadTask(join(tasksDirectory, '0001-tool-call-id'))
  const lab = createLab(loaded.world)
  const served = await lab.listen()
  const reads = readsOf(loaded)
  const rows: Row[] = []
  try {
    for (const service of serviceNames) {
      const inProcess = await rate((path, init) => lab.fetch(`${lab.services[service].url}${path}`, init), lab.services[service], reads[service])
      const overPort = await rate((path, init) => fetch(`${served.services[service].url}${path}`, init), served.services[service], reads[service])
      const what = `lab: ${service}`
      rows.push({ what, setting: `in process, ${atOnce} at once`, value: inProcess, unit: 'requests/s' }, { what, setting: `over a port, ${atOnce} at once`, value: overPort, unit: 'requests/s' })
    }
  } finally {
    await lab.close()
  }
  return rows
}

async function rate(ask: (path: string, init: RequestInit) => Promise<Response>, { token }: Lab['services'][ServiceName], { path, body }: Read): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const once = async (): Promise<void> => {
    const response = await ask(path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) })
    const text = await response.text()
    if (!response.ok || text.includes('"errors"')) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`)
  }
  for (let count = 0; count < warmUp; count += 1) await once()
  let left = measured
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await once()
    }
  }
  const ms = await timed(() => Promise.all(Array.from({ length: atOnce }, lane)))
  return measured / (ms / 1000)
}
