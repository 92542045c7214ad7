import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { createRedactor } from '../../workers/kit/redact.ts'
import { explore, namesIn, openAllTools } from '../fixtures/all-tools.ts'
import type { AllTools, Tried } from '../fixtures/all-tools.ts'
import { evidenceIds, markOf, plantSecrets } from '../fixtures/planted-world.ts'
import type { PlantedWorld } from '../fixtures/planted-world.ts'
import { secretsOfAllKinds } from '../fixtures/secret-kinds.ts'

/** So much of a secret's beginning or end is nothing anybody could use. */
const harmless = 12

/** Places whose values no tool reads at all: only their names are shown, or nothing. */
const neverRead = /^(?:railway-variable|kubernetes-env|kubernetes-annotation-.*)$/

describe('secrets of all kinds in every service', () => {
  let planted: PlantedWorld
  let all: AllTools
  let tried: Tried[]
  let shown: string

  beforeAll(async () => {
    planted = plantSecrets(await loadWorld(join(import.meta.dirname, '../fixtures/world')))
    all = await openAllTools(planted.world, createRedactor({ emails: true, cardNumbers: true }))
    const known = [
      ...namesIn(planted.world), { kind: 'file' as const, value: 'src/planted.env' }, { kind: 'document' as const, value: 'runbooks/planted.md' }, { kind: 'table' as const, value: 'planted' }, { kind: 'identifier' as const, value: 'planted' },
    ]
    tried = await explore(all, known)
    const select = all.tools.find(({ name }) => name === 'supabase_run_select')
    if (select !== undefined) tried.push(await all.call(select, { sql: 'select * from public.planted order by id', limit: 100 }))
    shown = tried.map(({ outcome }) => JSON.stringify(outcome)).join('\n')
  })
  afterAll(() => all.close())

  it('are of more than thirty kinds, and tools see them in most places of every service', () => {
    expect(secretsOfAllKinds('x').length).toBeGreaterThan(30)
    const seen = [...planted.places].filter((place) => shown.includes(markOf(place)))
    const readable = [...planted.places].filter((place) => !neverRead.test(place))
    expect(seen.filter((place) => neverRead.test(place))).toEqual([])
    expect(seen.length).toBeGreaterThan(readable.length * 0.75)
    for (const service of ['sentry', 'railway', 'kubernetes', 'supabase', 'github', 'docs', 'log-sentry', 'log-railway', 'log-kubernetes', 'log-supabase']) {
      expect(seen.filter((place) => place.startsWith(service))).not.toEqual([])
    }
    expect(new Set(shown.match(/\[secret:[a-z_]+:\d+\]/g)?.map((placeholder) => placeholder.split(':')[1])).size).toBeGreaterThan(25)
  })

  it('leave the kit neither whole nor in pieces', () => {
    const leaks = tried.flatMap(({ tool, args, outcome }) => {
      const text = JSON.stringify(outcome)
      return [...planted.cores].flatMap(([core, place]) => (text.includes(core.slice(0, harmless + 1)) || text.includes(core.slice(-harmless - 1)) ? [{ tool: tool.name, args, place }] : []))
    })
    expect(leaks).toEqual([])
  })

  it('have one placeholder each, wherever they stand', () => {
    const placeholders = new Set([...shown.matchAll(/: shared cloning with (\[secret:[a-z_]+:\d+\])/g)].map(([, placeholder]) => placeholder))
    expect([...placeholders]).toEqual([expect.stringMatching(/^\[secret:github_token:\d+\]$/)])
  })

  it.each(evidenceIds)('leave %s beside them as it is', (id) => {
    const seenWith = shown.split('\n').filter((outcome) => outcome.includes('seen with '))
    expect(seenWith.length).toBeGreaterThan(20)
    expect(seenWith.filter((outcome) => outcome.includes(id)).length).toBeGreaterThan(seenWith.length / 2)
  })

  it('meet no tool that fails by a mistake of ours', () => {
    expect(all.defects).toEqual([])
    expect(all.lab.recorder.writes()).toEqual([])
  })
})
