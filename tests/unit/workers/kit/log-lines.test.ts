import { describe, expect, test } from 'vitest'
import { foldLines, joinContinuations, levelOf, type LogEntry, logSignals, logText, plainMessage } from '../../../../workers/kit/log-lines.ts'

function entry(minute: number, message: string, level: LogEntry['level'] = 'error', origin?: string): LogEntry {
  return { at: `2026-03-12T10:${String(minute).padStart(2, '0')}:00Z`, level, message, ...(origin === undefined ? {} : { origin }) }
}

describe('folded lines', () => {
  test('say once what differs only in ids, numbers and times, and keep the ids as entities', () => {
    const folded = foldLines([1, 2, 3].map((n) => entry(n, `invalid input syntax for type uuid: "toolu_01A09q90qw90lq91783${n}" after ${n * 10} ms`)))
    expect(folded).toMatchObject([{ count: 3, first: '2026-03-12T10:01:00Z', last: '2026-03-12T10:03:00Z', level: 'error' }])
    expect(folded[0]?.sample).toContain('toolu_01A09q90qw90lq917833')
    expect(folded[0]?.entities.filter(({ kind }) => kind === 'identifier')).toHaveLength(3)
  })

  test('put the gravest first, then the most frequent', () => {
    const folded = foldLines([entry(1, 'fine', 'info'), entry(2, 'slow', 'warning'), entry(3, 'b'), entry(4, 'a'), entry(5, 'a'), entry(6, 'dead', 'fatal')])
    expect(folded.map(({ sample }) => sample)).toEqual(['dead', 'a', 'b', 'slow', 'fine'])
  })
})

describe('stack frames', () => {
  test('join the line above them from the same origin', () => {
    const joined = joinContinuations([entry(1, 'TypeError: x', 'error', 'a'), entry(1, '    at run (src/run.ts:4:2)', 'info', 'a'), entry(1, '    at other', 'info', 'b')])
    expect(joined.map(({ message }) => message)).toEqual(['TypeError: x\n    at run (src/run.ts:4:2)', '    at other'])
  })
})

describe('the level of a line', () => {
  test.each([
    ['warn', 'anything', 'warning'], ['critical', 'anything', 'fatal'], [null, 'TypeError: no', 'error'], [undefined, 'ERROR: relation "x" does not exist', 'error'],
    ['info', 'all is well', 'info'], [null, 'Killed', 'fatal'], [null, 'WARN slow', 'warning'], [null, 'no errors found', 'info'],
  ])('named %s with the text %j is read as %s', (named, message, level) => {
    expect(levelOf(named, message)).toBe(level)
  })
})

describe('a line that is JSON', () => {
  test('reads as its message and its plain fields', () => {
    expect(plainMessage('{"level":50,"time":1,"pid":7,"msg":"refused","host":"db","nested":{"a":1}}')).toBe('refused level=50 host=db')
  })

  test('shows the error logged beside the message, and its frames', () => {
    expect(plainMessage('{"msg":"refused","err":{"type":"TypeError","message":"x is null","stack":"TypeError: x is null\\n    at run (src/run.ts:4:2)"}}')).toBe('refused TypeError: x is null\n    at run (src/run.ts:4:2)')
  })

  test.each(['{broken', '{"no":"message"}', 'plain'])('or is none stays as it is: %s', (line) => {
    expect(plainMessage(line)).toBe(line)
  })
})

describe('signals of a log', () => {
  const lines = foldLines([...Array.from({ length: 6 }, (_, n) => entry(n, 'refused')), entry(7, 'slow', 'warning'), entry(8, 'ok', 'info')])

  test('hold errors and repeated warnings only, graver when they repeat', () => {
    expect(logSignals(lines, [{ kind: 'service', value: 'api' }])).toMatchObject([{ kind: 'error', severity: 3, count: 6, at: '2026-03-12T10:00:00Z', entities: [{ kind: 'service', value: 'api' }] }])
  })

  test('may name what each line belongs to', () => {
    const own = foldLines([entry(1, 'refused', 'error', 'pod-1')])
    expect(logSignals(own, (line) => line.origins.map((value) => ({ kind: 'pod', value })))[0]?.entities).toEqual([{ kind: 'pod', value: 'pod-1' }])
  })
})

describe('signals of an error', () => {
  test('say the fact and its place in own code, without time, level and trace', () => {
    const crash = ['ERROR file:///app/src/handlers/digest.js:5', 'ERROR TypeError: x is null', 'ERROR     at Module.handle (file:///app/src/handlers/digest.js:5:17)', 'ERROR Node.js v24.11.0'].map((message) => entry(1, message, 'error', 'a'))
    expect(logSignals(foldLines(joinContinuations(crash)), []).map(({ text }) => text)).toEqual(['error ×1: TypeError: x is null at src/handlers/digest.js:5'])
    expect(logSignals(foldLines([entry(1, '2026-03-12T10:00:00Z ERROR trace=7c109e175dfb1271df68382e02feb82e refused')]), [])[0]?.text).toBe('error ×1: refused')
  })

  test('name first what all lines have in common, and few of the ids that differ', () => {
    const ids = Array.from({ length: 10 }, (_, n) => entry(n, `run run_9${n}AbCdEf${n} refused by upstream=billing:8080`))
    const entities = logSignals(foldLines(ids), []).at(-1)?.entities ?? []
    expect(entities[0]).toEqual({ kind: 'host', value: 'billing:8080' })
    expect(entities.filter(({ kind }) => kind === 'identifier')).toHaveLength(3)
  })

  test('fold the pods that only differ in their names', () => {
    expect(foldLines(['x2k4z', 'b9d7m'].map((suffix, n) => entry(n, `refused by=quote-api-7d9f8b6c5d-${suffix}`)))).toHaveLength(1)
  })
})

describe('notes of a log', () => {
  const errors = Array.from({ length: 10 }, (_, n) => entry(n, n === 0 ? 'failed tenant=birch' : 'failed tenant=acme'))
  const fine = Array.from({ length: 20 }, (_, n) => entry(n, `ok tenant=${['birch', 'cedar', 'dogwood'][n % 3] ?? ''}`, 'info'))

  test('say what most failures share and other lines do not, led by it', () => {
    expect(logSignals(foldLines([...errors, ...fine]), [{ kind: 'service', value: 'api' }])[0]).toMatchObject({
      kind: 'anomaly', severity: 2, text: '9 of 10 errors have tenant=acme; none of 20 other lines with tenant do.', entities: [{ kind: 'user', value: 'acme' }, { kind: 'service', value: 'api' }],
    })
  })

  test('are silent about what every line has, and about few errors', () => {
    const constant = [...errors.map((line) => ({ ...line, message: 'failed region=eu' })), ...fine.map((line) => ({ ...line, message: 'ok region=eu' }))]
    expect(logSignals(foldLines(constant), []).map(({ kind }) => kind)).toEqual(['error'])
    expect(logSignals(foldLines(errors.slice(-4)), []).map(({ kind }) => kind)).toEqual(['error'])
  })

  test('say what is tried again and again', () => {
    const tries = [11, 12].map((n) => entry(n, `claimed message=810897 kind=digest attempt=${n}`, 'info'))
    expect(logSignals(foldLines([...tries, entry(13, 'claimed message=810898 attempt=1', 'info')]), [])).toMatchObject([
      { kind: 'anomaly', severity: 3, count: 12, text: '810897 was tried 12 times: claimed message=810897 kind=digest attempt=12', entities: [{ kind: 'identifier', value: '810897' }] },
    ])
  })
})

test('the text of a log has errors first and other lines after them', () => {
  const entries = [entry(1, 'started', 'info'), entry(2, 'refused')]
  const text = logText('Logs of api', entries, foldLines(entries))
  expect(text).toMatch(/^Logs of api: 2 lines, 1 of them warnings or errors\.\n\nERROR ×1 2026-03-12 10:02:00Z refused\n\nOther lines/)
})
