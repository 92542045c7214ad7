import { type Draft, someone } from './draft.ts'
import { before } from './moments.ts'

/** The pages every company has: who owns what, how to look at incidents, and one old post-mortem about something else. */
export function addCompanyDocs(draft: Draft): void {
  const { world } = draft
  const rows = world.header.services.map(({ name, owner, repository, railwayService, kubernetes, dependsOn }) => {
    const place = railwayService === undefined ? `Kubernetes, ${kubernetes?.namespace}/${kubernetes?.workload}` : 'Railway'
    return `| ${name} | ${owner} | ${place} | ${repository ?? '-'} | ${dependsOn.join(', ') || '-'} |`
  })
  world.docs['service-catalog.md'] =
    `# Service catalogue\n\n| Service | Owner | Runs on | Repository | Depends on |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
  world.docs['on-call.md'] = [
    '# On call',
    '',
    `This week: ${someone(draft)}. Next week: ${someone(draft)}.`,
    '',
    '## First ten minutes',
    '',
    '1. Find when it began, to the minute, before looking for why.',
    '2. List what changed in the half hour before: deploys, migrations, settings, schedules, credentials.',
    '3. The newest deploy is a suspect, not a verdict: look whether the first failure is older than it.',
    '',
  ].join('\n')
  // Not everybody writes English.
  world.docs['notizen/uebergabe.md'] = [
    '# Übergabe der Bereitschaft',
    '',
    '- Warnungen von media-resizer über abgeschnittene Bilder: alt, kein Handlungsbedarf.',
    '- Uhr eines Lagers geht ein paar Sekunden vor; die Zeilen im Log stehen deshalb manchmal vertauscht.',
    '',
  ].join('\n')
  const day = before(draft.now, '61d').slice(0, 10)
  world.docs[`post-mortems/${day}-search-index.md`] = [
    `# ${day}: search answered from an old index`,
    '',
    '## Summary',
    '',
    'For 47 minutes search-api served an index from the day before.',
    '',
    '## Root cause',
    '',
    'A refresh was skipped because the disk of the build machine was full.',
    '',
    '## Action items',
    '',
    '- Alert when the index is older than two hours. Done.',
    '',
  ].join('\n')
  world.docs['runbooks/high-latency.md'] = [
    '# High latency',
    '',
    'When p95 rises and errors do not: look at the database first.',
    '',
    '- Active queries and locks in Supabase.',
    '- CPU and memory of the service against its limits.',
    '- Calls to other services in the trace.',
    '',
  ].join('\n')
}
