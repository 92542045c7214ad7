import type { Estate, Place } from './estate.ts'

/** What Railway itself puts beside a service's own variables. */
function provided({ project, environment, service }: Place): Record<string, string> {
  return {
    RAILWAY_PROJECT_ID: project.id,
    RAILWAY_PROJECT_NAME: project.name,
    RAILWAY_ENVIRONMENT_ID: environment.id,
    RAILWAY_ENVIRONMENT_NAME: environment.name,
    RAILWAY_SERVICE_ID: service.id,
    RAILWAY_SERVICE_NAME: service.name,
  }
}

/** References like `${{Postgres.DATABASE_URL}}` or `${{PORT}}` replaced by what they refer to; one that leads nowhere becomes empty, as on Railway. */
function rendered(estate: Estate, place: Place, value: string, depth = 0): string {
  if (depth > 5) return ''
  return value.replaceAll(/\$\{\{\s*(?:([^.}]+)\.)?([^}]+?)\s*\}\}/g, (_, owner: string | undefined, name: string) => {
    const home = owner === undefined ? place : estate.places(place.project).find(({ service, environment }) => service.name === owner && environment.id === place.environment.id)
    if (!home) return ''
    const found = { ...estate.instance(home).variables, ...provided(home) }[name]
    return found === undefined ? '' : rendered(estate, home, found, depth + 1)
  })
}

/** The scalar `EnvironmentVariables` of one place: names to values, with references replaced unless `unrendered`. */
export function variablesOf(estate: Estate, place: Place, unrendered: boolean): Record<string, string> {
  const own = { ...estate.instance(place).variables, ...provided(place) }
  if (unrendered) return own
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, rendered(estate, place, value)]))
}
