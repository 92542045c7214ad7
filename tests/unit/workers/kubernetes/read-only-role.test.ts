import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { kubernetesAccess } from '../../../../workers/kubernetes/access.ts'
import { kubernetesWorker } from '../../../../workers/kubernetes/worker.ts'

const Role = z.object({ kind: z.literal('ClusterRole'), rules: z.array(z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) })) })

async function rules(): Promise<z.infer<typeof Role>['rules']> {
  const documents = parseAllDocuments(await readFile(new URL('../../../../deploy/kubernetes/read-only.yaml', import.meta.url), 'utf8'))
  return documents.flatMap((document) => Role.safeParse(document.toJS()).data?.rules ?? [])
}

/** `/apis/apps/v1/namespaces/{namespace}/deployments` → apps, deployments. */
function resourceOf(path: string): { group: string; resource: string } {
  const [, group = '', rest = ''] = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/(.+)$/.exec(path) ?? []
  const parts = rest.replace(/^namespaces\/\{namespace\}\//, '').split('/').filter((part) => !part.startsWith('{'))
  return { group, resource: parts.join('/') }
}

describe('the cluster role', () => {
  test('covers every operation of every tool', async () => {
    const granted = await rules()
    const missing = kubernetesWorker.tools.flatMap((tool) => tool.operations).flatMap((operation) => {
      if (operation.type !== 'http') return [JSON.stringify(operation)]
      const { group, resource } = resourceOf(operation.path)
      return granted.some((rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes('list')) ? [] : [operation.path]
    })
    expect(missing).toEqual([])
  })

  test('reads only, and neither secrets nor anything that acts', async () => {
    const granted = await rules()
    expect(granted.length).toBeGreaterThan(0)
    expect([...new Set(granted.flatMap((rule) => rule.verbs))].sort()).toEqual(['get', 'list', 'watch'])
    expect(granted.flatMap((rule) => rule.resources).filter((resource) => /secret|exec|attach|portforward|proxy|\*/.test(resource))).toEqual([])
  })

  test('is what the access note sends people to', () => {
    expect(kubernetesAccess.credential).toContain('deploy/kubernetes/read-only.yaml')
  })
})
