import { z } from 'zod'
import type { KubernetesObject } from '../../src/core/world/kubernetes.ts'
import type { World } from '../../src/core/world/world.ts'
import { createRedactor } from '../../workers/kit/redact.ts'
import { valueText } from '../grading/normalise.ts'

/**
 * What tools can read of each service of a world, as one text per service, redacted as on the way in. The values of variables,
 * ConfigMaps and Secrets are left out: no tool lets them out, so an answer that stands only there cannot be found.
 */
export function readableText(world: World): Record<string, string> {
  const redactor = createRedactor()
  const text = (value: unknown): string => valueText(redactor.json(value))
  const logs = (worker: string): string =>
    world.logs
      .filter(({ source }) => source.startsWith(`${worker}.`))
      .map((line) => `${redactor.text(line.message)}\n${text(line.fields)}`)
      .join('\n')
  const projects = world.railway.projects.map((project) => ({
    ...project,
    instances: project.instances.map((each) => ({ ...each, variables: Object.keys(each.variables) })),
  }))
  const { schemaSql, dataSql, project } = world.supabase
  return {
    sentry: `${text(world.sentry)}\n${logs('sentry')}`,
    railway: `${text({ ...world.railway, projects })}\n${logs('railway')}`,
    kubernetes: `${text(world.kubernetes.objects.map(withoutValues))}\n${logs('kubernetes')}`,
    github: text(world.github),
    supabase: `${text(project)}\n${redactor.text(`${schemaSql}\n${dataSql}`)}\n${logs('supabase')}`,
    docs: redactor.text(Object.entries(world.docs).flat().join('\n')),
  }
}

const Values = z.looseObject({ data: z.record(z.string(), z.unknown()).default({}) })
const Named = z.object({ name: z.string() }).transform(({ name }) => name)

function withoutValues(object: KubernetesObject): unknown {
  if (object.kind === 'ConfigMap' || object.kind === 'Secret') return { ...object, data: Object.keys(Values.parse(object).data) }
  const names = (key: string, value: unknown): unknown => (key === 'env' && Array.isArray(value) ? value.map((each) => Named.parse(each)) : value)
  const text = JSON.stringify(object, names)
  const plain: unknown = JSON.parse(text)
  return plain
}
