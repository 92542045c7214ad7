import { describe, expect, it } from 'vitest'
import { changedShortlyBefore, fillArguments } from '../../../../src/adapters/models/local/fill-arguments.ts'
import type { Entity } from '../../../../src/core/entity.ts'
import type { ToolSpec } from '../../../../src/core/tool.ts'
import { entity, remember, signal } from '../../../fixtures/local-memory.ts'

const sha = (digit: string): Entity => entity('commit', digit.repeat(40))
const repository = entity('repository', 'acme/api')
const failing = signal('error', 'the api fails', [entity('issue', '4711')], 10)
const changed = (commit: Entity, minutes: number, place = repository) => signal('change', `${commit.value} went live`, [commit, place], minutes)
const tool = (properties: Record<string, Record<string, unknown>>, required: string[]): ToolSpec => ({ name: 'show', title: 'Show', description: 'Use to show.', parameters: { type: 'object', properties, required } })
const showCommit = tool({ commit: { type: 'string', 'x-entity': 'commit' } }, ['commit'])
const commitsOf = (signals: Parameters<typeof remember>[0]): unknown[] => fillArguments(showCommit, remember(signals)).map(({ args }) => args['commit'])

describe('the arguments of a call', () => {
  it('name a commit of the hour before the trouble ahead of older and of later ones', () => {
    const [first] = commitsOf([failing, changed(sha('a'), 5 * 1440), changed(sha('b'), -30), changed(sha('c'), 60), changed(sha('d'), 9 * 1440)])
    expect(first).toBe(sha('c').value)
  })

  it('name six at most, none twice', () => {
    const commits = commitsOf([failing, ...'abcdef12'.split('').map((digit) => changed(sha(digit), 60))])
    expect([commits.length, new Set(commits).size]).toEqual([6, 6])
  })

  it('name what was shown together with what the call is about', () => {
    const inPlace = tool({ commit: { type: 'string', 'x-entity': 'commit' }, repository: { type: 'string', 'x-entity': 'repository' } }, ['commit', 'repository'])
    const elsewhere = entity('repository', 'acme/web')
    const fillings = fillArguments(inPlace, remember([failing, changed(sha('a'), 60), changed(sha('b'), 60, elsewhere)]))
    expect(fillings.map(({ args }) => args)).toEqual(expect.arrayContaining([{ commit: sha('a').value, repository: repository.value }, { commit: sha('b').value, repository: elsewhere.value }]))
  })

  it('are none where one is needed that nothing has shown', () => {
    expect(commitsOf([failing])).toEqual([])
  })
})

describe('a change shortly before', () => {
  const memory = remember([failing, changed(sha('a'), 60), changed(sha('b'), 5 * 1440), changed(sha('c'), 2)])
  const before = (value: string): boolean => memory.sightings.some((sighting) => sighting.entity.value === value && changedShortlyBefore(sighting, memory))

  it('is a change of the day before the onset, and nothing that is no change', () => {
    expect([sha('a'), sha('b'), sha('c'), repository].map(({ value }) => before(value))).toEqual([true, false, false, false])
  })
})
