import { describe, expect, it } from 'vitest'
import { entityKey } from '../../../../src/core/entity.ts'
import type { Entity } from '../../../../src/core/entity.ts'
import { entity, remember, signal, thingOf } from '../../../fixtures/local-memory.ts'

const sha = '278ee689b7e4530604185f0525ae952a094ed0c9'
const commit = entity('commit', sha)
const pull = entity('pull_request', '#12')
const branch = entity('branch', 'fix/limits')
const changed = (...entities: Entity[]) => signal('change', `changed ${entities.map(entityKey).join(', ')}`, entities)
const namesOf = (signals: Parameters<typeof remember>[0], one: Entity): string[] => [...thingOf(remember(signals), one).keys].toSorted()

describe('one thing under several names', () => {
  it('is what two tools type differently', () => {
    const memory = remember([signal('error', 'mailer fails', [entity('service', 'Mailer')]), signal('state', 'mailer is down', [entity('workload', 'mailer')])])
    expect(memory.things.all.map(({ keys, naming }) => [keys.size, naming.length])).toEqual([[2, 2]])
  })

  it('is a commit by its short SHA and by its long one, whichever came first', () => {
    const short = entity('release', sha.slice(0, 7))
    expect(namesOf([signal('error', 'seen in a release', [short]), changed(commit)], commit)).toEqual([entityKey(commit), entityKey(short)])
    expect(namesOf([changed(commit), signal('error', 'seen in a release', [short])], short)).toEqual([entityKey(commit), entityKey(short)])
  })

  it('is no number that happens to start a SHA, and no equal quantity', () => {
    const numeric = `1234567${sha.slice(7)}`
    const memory = remember([changed(entity('commit', numeric)), signal('error', 'issue 1234567', [entity('issue', '1234567')]), signal('anomaly', 'it took 9999 ms', [entity('quantity', '9999')]), signal('error', 'user 9999 fails', [entity('user', '9999')])])
    expect(memory.things.all.map(({ keys }) => keys.size)).toEqual([1, 1, 1, 1])
  })

  it('is a commit with the pull request and the branch that brought it and the release named after it', () => {
    const release = entity('release', sha)
    expect(namesOf([changed(commit, pull, branch, release)], branch)).toEqual([branch, commit, pull, release].map(entityKey).toSorted())
  })

  it('is a migration by its version and by its name', () => {
    const [version, name] = [entity('migration', '20260301'), entity('migration', 'add_limits')]
    expect(namesOf([changed(version, name)], version)).toEqual([entityKey(version), entityKey(name)])
  })

  it('is called by the most exact of them', () => {
    expect(thingOf(remember([changed(pull, commit)]), pull).entity).toEqual(commit)
    expect(thingOf(remember([signal('error', 'a', [entity('identifier', 'nightly')]), signal('state', 'b', [entity('cronjob', 'nightly')])]), entity('identifier', 'nightly')).entity.kind).toBe('cronjob')
  })
})

describe('two things', () => {
  it('are commits of two repositories that count their pull requests alike and call their branches alike', () => {
    const other = entity('commit', 'b'.repeat(40))
    const signals = [changed(commit, pull, branch, entity('repository', 'acme/api')), changed(other, pull, branch, entity('repository', 'acme/web'))]
    const keys = (one: Entity): ReadonlySet<string> => thingOf(remember(signals), one).keys
    expect(keys(commit).size).toBe(3)
    expect(keys(commit).isDisjointFrom(keys(other))).toBe(true)
  })

  it('are the commits of a list, and a commit and the branch that everything goes to', () => {
    const second = entity('commit', 'c'.repeat(40))
    expect(namesOf([changed(commit, second, pull)], pull)).toEqual([entityKey(pull)])
    expect(namesOf([changed(commit, pull, entity('branch', 'main'))], commit)).not.toContain('branch:main')
  })

  it('come from signals only: nothing says anything of what the question alone names', () => {
    const memory = remember([changed(commit)], [entity('service', 'api')])
    expect(memory.things.of('service:api')).toBeUndefined()
  })
})
