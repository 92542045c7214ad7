import { describe, expect, it } from 'vitest'
import { createWorldBuilder } from '../../../training/lab/world-builder/builder.ts'
import { jsonText } from '../../../training/lab/world-builder/json-text.ts'
import { after, seconds, ticks } from '../../../training/lab/world-builder/moments.ts'
import { createRandom } from '../../../training/lab/world-builder/random.ts'
import { checkWorld } from '../../../training/tasks/check-world.ts'

const files = { 'src/server.js': 'line one\nthrow new Error("no")\nline three\n' }

function deployed(runs: 'railway' | 'kubernetes') {
  const builder = createWorldBuilder({ seed: 'test', now: '2026-11-18T12:00:00Z' })
  const service = builder.service({ name: 'quote-api', description: 'Quotes.', runs, files })
  const first = builder.deploy(service, { at: builder.ago('3d') })
  const second = builder.innocentDeploy(service, builder.ago('30m'))
  return { builder, service, first, second }
}

describe('the world builder', () => {
  it('writes one deploy into GitHub, Railway and Sentry with the same commit', () => {
    const { builder, first, second } = deployed('railway')
    const world = builder.build()
    const deployments = world.railway.projects[0]?.deployments ?? []
    expect(deployments.map(({ status, commit }) => [status, commit?.sha])).toEqual([
      ['REMOVED', first.sha],
      ['SUCCESS', second.sha],
    ])
    expect(world.github.repositories[0]?.deployments.map(({ sha }) => sha)).toEqual([first.sha, second.sha])
    expect(world.github.repositories[0]?.workflowRuns.map(({ sha }) => sha)).toEqual([first.sha, second.sha])
    expect(world.sentry.releases.map(({ version }) => version)).toEqual([first.sha, second.sha])
    expect(checkWorld(world)).toEqual([])
  })

  it('rolls a workload over: new pods run the new image, the old set is empty', () => {
    const { builder, second } = deployed('kubernetes')
    const { objects } = builder.build().kubernetes
    const pods = objects.filter(({ kind }) => kind === 'Pod')
    expect(pods.map(({ metadata }) => metadata.name)).toEqual(second.pods)
    expect(JSON.stringify(pods[0])).toContain(`quote-api:${second.sha.slice(0, 7)}`)
    expect(objects.filter(({ kind }) => kind === 'ReplicaSet').map(({ spec }) => Object(spec).replicas)).toEqual([0, 2])
    expect(objects.filter(({ kind }) => kind === 'Event').length).toBeGreaterThan(0)
  })

  it('forgets the log lines of pods that are gone', () => {
    const { builder, service } = deployed('kubernetes')
    builder.log(service, { at: builder.ago('2h'), level: 'info', message: 'before' })
    builder.log(service, { at: builder.ago('5m'), level: 'info', message: 'later' })
    const messages = builder.build().logs.map(({ message }) => message)
    expect(messages).toContain('INFO later')
    expect(messages).not.toContain('INFO before')
  })

  it('finds a frame in the code of the release that was live', () => {
    const { builder, service, second } = deployed('railway')
    const issue = builder.issue(service, {
      type: 'Error',
      value: 'no',
      where: 'GET /',
      first: builder.ago('9m'),
      last: builder.ago('1m'),
      count: 2,
      frames: [{ file: 'src/server.js', line: 'throw new', fn: 'serve' }],
      events: [{ at: builder.ago('1m') }],
    })
    expect(issue.events[0]).toMatchObject({ release: second.sha, exception: [{ frames: [{ filename: 'src/server.js', line: 2, inApp: true }] }] })
    expect(() =>
      builder.issue(service, {
        type: 'Error',
        value: 'no',
        where: 'GET /',
        first: builder.ago('9m'),
        last: builder.ago('1m'),
        count: 2,
        frames: [{ file: 'src/server.js', line: 'not there', fn: 'serve' }],
        events: [{ at: builder.ago('1m') }],
      }),
    ).toThrow(/no line/)
  })

  it('lets pods die: statuses, the count of ready ones, a warning and the logs from before agree', () => {
    const { builder, service, second } = deployed('kubernetes')
    builder.crash(service, {
      at: builder.ago('4m'),
      reason: 'OOMKilled',
      exitCode: 137,
      restarts: 6,
      recovered: false,
      lastLines: ['heap 498Mi of 512Mi', 'allocating 64Mi'],
    })
    const world = builder.build()
    expect(builder.object('Pod', second.pods[0] ?? '')['status']).toMatchObject({
      containerStatuses: [
        {
          ready: false,
          restartCount: 6,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        },
      ],
    })
    expect(builder.object('Deployment', 'quote-api')['status']).toMatchObject({ readyReplicas: 0, unavailableReplicas: 2 })
    expect(world.kubernetes.objects.filter(({ kind, reason }) => kind === 'Event' && reason === 'BackOff')).toHaveLength(2)
    expect(world.logs.filter(({ source }) => source === 'kubernetes.previous').map(({ message }) => message)).toEqual([
      'ERROR heap 498Mi of 512Mi',
      'ERROR heap 498Mi of 512Mi',
      'ERROR allocating 64Mi',
      'ERROR allocating 64Mi',
    ])
    expect(checkWorld(world)).toEqual([])
  })

  it('writes a trace as a tree of spans', () => {
    const { builder, service } = deployed('railway')
    const id = builder.random.hex(32)
    builder.trace({
      id,
      at: builder.ago('4m'),
      root: { service, op: 'http.server', description: 'GET /', ms: 20, inside: [{ service, op: 'db', description: 'select 1', ms: 4 }] },
    })
    const [trace] = builder.build().sentry.traces
    expect(trace?.spans.map(({ op, parentId }) => [op, parentId])).toEqual([
      ['http.server', null],
      ['db', trace?.spans[0]?.id],
    ])
  })

  it('refuses a commit before its parent', () => {
    const { builder } = deployed('railway')
    expect(() => builder.commit('quote-api', { at: builder.ago('9d'), message: 'late', files: {} })).toThrow(/before its parent/)
  })

  it('tells the same story for the same seed, another for another', () => {
    const story = (seed: string): string => {
      const builder = createWorldBuilder({ seed })
      builder.company()
      return JSON.stringify(builder.build())
    }
    expect(story('1')).toBe(story('1'))
    expect(story('1')).not.toBe(story('2'))
  })
})

describe('chance and time', () => {
  it('draws different items and uuids of version 4', () => {
    const random = createRandom('x')
    expect(new Set(random.sample([1, 2, 3, 4], 4))).toEqual(new Set([1, 2, 3, 4]))
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(() => random.sample([1], 2)).toThrow(/cannot pick 2/)
  })

  it('reads spans and refuses anything else', () => {
    expect(seconds('1d2h3m4s')).toBe(93_784)
    expect(after('2026-11-18T12:00:00Z', '90s')).toBe('2026-11-18T12:01:30.000Z')
    expect(ticks('2026-11-18T12:00:00Z', '2026-11-18T12:03:00Z', '1m')).toHaveLength(3)
    expect(() => seconds('1 hour')).toThrow(/not a span/)
  })

  it('writes JSON that reads back the same', () => {
    const value = { a: [1, 2, { b: 'x'.repeat(200) }], c: [], d: {}, e: null, f: Array.from({ length: 60 }, (_, index) => [`t${index}`, index]) }
    expect(JSON.parse(jsonText(value))).toEqual(value)
  })
})
