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

test('the text of a log has errors first and other lines after them', () => {
  const entries = [entry(1, 'started', 'info'), entry(2, 'refused')]
  const text = logText('Logs of api', entries, foldLines(entries))
  expect(text).toMatch(/^Logs of api: 2 lines, 1 of them warnings or errors\.\n\nERROR ×1 2026-03-12 10:02:00Z refused\n\nOther lines/)
})
