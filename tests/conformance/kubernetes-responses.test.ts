import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/core/world/kubernetes.ts'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const golden = new URL('../../../shared/specs/kubernetes-responses/', import.meta.url)
const present = existsSync(golden)

interface List {
  kind: string
  apiVersion: string
  metadata: Record<string, unknown>
  items: Record<string, unknown>[]
}
interface Table {
  kind: string
  apiVersion: string
  columnDefinitions: { name: string; type: string; format: string; priority: number }[]
  rows: { cells: unknown[]; object: { kind: string; apiVersion: string } }[]
}

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, golden), 'utf8')) as T

/** The lists a real API server answered, made into a world again: the lab must answer what the server answered. */
async function recordedCluster() {
  const lists = ['pods', 'deployments', 'replicasets', 'events', 'jobs', 'ingress', 'endpoints'].map((name) => read<List>(`${name}.json`))
  const objects = lists.flatMap(({ kind, apiVersion, items }) => items.map((item) => ({ apiVersion, kind: kind.replace(/List$/, ''), ...item }) as unknown as KubernetesObject))
  const world = await loadWorld('tests/fixtures/world')
  const lab = createLab({ ...world, header: { ...world.header, now: '2026-11-22T14:58:40Z' }, kubernetes: { ...world.kubernetes, objects } })
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await lab.fetch(`${lab.services.kubernetes.url}${path}`, { headers: { authorization: `Bearer ${lab.services.kubernetes.token}`, ...headers } })
    return { status: response.status, body: await response.text() }
  }
  return { lab, get }
}

const asTable = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
/** Versions are the server's own count; the rest of an object must come back as it went in. */
const unversioned = (item: Record<string, unknown>) => ({ ...item, metadata: { ...(item['metadata'] as object), resourceVersion: '' } })

/** Cells as text, without the ages. Since 1.20 a pod's restarts also say when the last one was; that is left out, too. */
function timelessCells({ columnDefinitions, rows }: Table): string[][] {
  const isAge = (index: number): boolean => ['Age', 'Last Seen', 'First Seen'].includes(columnDefinitions[index]?.name ?? '')
  return rows.map(({ cells }) => cells.filter((_, index) => !isAge(index)).map((cell) => String(cell).replace(/ \(.* ago\)$/, '')))
}

if (present) {
  describe('responses of a real API server', () => {
    it.for([
      ['pods.json', '/api/v1/namespaces/shop/pods'],
      ['deployments.json', '/apis/apps/v1/namespaces/shop/deployments'],
      ['replicasets.json', '/apis/apps/v1/namespaces/shop/replicasets'],
      ['events.json', '/api/v1/namespaces/shop/events'],
      ['jobs.json', '/apis/batch/v1/namespaces/shop/jobs'],
      ['endpoints.json', '/api/v1/namespaces/shop/endpoints'],
    ] as const)('come out of the lab as they went in: %s', async ([file, path]) => {
      const { get } = await recordedCluster()
      const [wanted, answered] = [read<List>(file), JSON.parse((await get(path)).body) as List]
      expect({ kind: answered.kind, apiVersion: answered.apiVersion }).toEqual({ kind: wanted.kind, apiVersion: wanted.apiVersion })
      expect(answered.items.map(unversioned)).toEqual(wanted.items.map(unversioned))
    })

    it.for([
      ['pods-table.json', '/api/v1/namespaces/shop/pods'],
      ['deployments-table.json', '/apis/apps/v1/namespaces/shop/deployments'],
      ['events-table.json', '/api/v1/namespaces/shop/events'],
    ] as const)('have the columns and cells of the lab\'s tables: %s', async ([file, path]) => {
      const { get } = await recordedCluster()
      const [wanted, answered] = [read<Table>(file), JSON.parse((await get(path, asTable)).body) as Table]
      const columns = ({ columnDefinitions }: Table) => columnDefinitions.map(({ name, format, priority }) => ({ name, format, priority }))
      expect(columns(answered)).toEqual(columns(wanted))
      expect(timelessCells(answered)).toEqual(timelessCells(wanted))
      expect(answered.rows.map(({ object }) => object.kind)).toEqual(wanted.rows.map(({ object }) => object.kind))
    })

    it.for([
      ['err-404-pod.json', '/api/v1/namespaces/shop/pods/nope'],
      ['err-400-badlimit.json', '/api/v1/namespaces/shop/pods?limit=x'],
      ['err-410-continue.json', '/api/v1/namespaces/shop/pods?limit=1&continue=nonsense'],
      ['err-badfieldselector.json', '/api/v1/namespaces/shop/pods?fieldSelector=foo%3Dbar'],
      ['log-pending.json', '/api/v1/namespaces/shop/pods/checkout-5bf7974c94-pswnq/log?container=wrong'],
      ['err-403-secrets.json', '/api/v1/namespaces/shop/secrets'],
    ] as const)('refuse in the words the lab refuses in: %s', async ([file, path]) => {
      const { get } = await recordedCluster()
      const wanted = read<{ code: number; message: string }>(file)
      const { status, body } = await get(path)
      expect(status).toBe(wanted.code)
      expect(JSON.parse(body)).toEqual({ ...wanted, message: wanted.message.replace('"oncall"', '"foreman-read-only"') })
    })

    it('say 404 in plain text for a path that is no API', async () => {
      const { get } = await recordedCluster()
      expect(await get('/apis/nothing.example/v1/things')).toEqual({ status: 404, body: readFileSync(new URL('err-404-path.json', golden), 'utf8') })
    })

    it('page with a continue token that another server of the kind would read', async () => {
      const { get } = await recordedCluster()
      const [wanted, answered] = [read<List>('pods-limit1.json'), JSON.parse((await get('/api/v1/namespaces/shop/pods?limit=1')).body) as List]
      expect(answered.metadata['remainingItemCount']).toBe(wanted.metadata['remainingItemCount'])
      const start = ({ metadata }: List): unknown => (JSON.parse(Buffer.from(String(metadata['continue']), 'base64url').toString()) as { start: string }).start
      expect(start(answered)).toBe(start(wanted))
    })

    it('list resources under the names, kinds and short names the lab lists them under', async () => {
      const { get } = await recordedCluster()
      interface Resources { resources: { name: string; kind: string; namespaced: boolean; shortNames?: string[] }[] }
      for (const [file, path] of [['api-v1.json', '/api/v1'], ['apis-apps-v1.json', '/apis/apps/v1'], ['apis-networking.k8s.io-v1.json', '/apis/networking.k8s.io/v1']] as const) {
        const known = new Map(read<Resources>(file).resources.map((resource) => [resource.name, resource]))
        const { resources } = JSON.parse((await get(path)).body) as Resources
        const served = resources.filter(({ name }) => !/\/(scale|status|token|proxy|eviction|attach|exec|portforward|log|finalize)$/.test(name))
        expect(served.map(({ name, namespaced, shortNames }) => ({ name, namespaced, shortNames }))).toEqual(
          served.map(({ name }) => ({ name, namespaced: known.get(name)?.namespaced, shortNames: known.get(name)?.shortNames })),
        )
      }
    })

    it('watch with the objects first, one JSON document a line', async () => {
      const { get } = await recordedCluster()
      const events = (body: string) => body.trim().split('\n').map((line) => JSON.parse(line) as { type: string; object: { kind: string; metadata: { name: string } } }).map(({ type, object }) => `${type} ${object.kind} ${object.metadata.name}`)
      const wanted = events(readFileSync(new URL('pods-watch.ndjson', golden), 'utf8'))
      const { body } = await get('/api/v1/namespaces/shop/pods?watch=1&timeoutSeconds=0')
      expect(new Set(events(body))).toEqual(new Set(wanted))
    })
  })
} else {
  it(`is not compared with a real API server here: there is no ${golden.pathname}`, () => {
    expect(present).toBe(false)
  })
}
