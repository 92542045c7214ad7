import { describe, expect, test } from 'vitest'
import { logTime } from '../../../../workers/supabase/log-query.ts'
import { printableSource } from '../../../../workers/supabase/printable-source.ts'
import { sqlEntities } from '../../../../workers/supabase/sql-entities.ts'

describe('the entities of SQL', () => {
  test.each([
    ['alter table public.orders add column if not exists paid_at timestamptz', ['table:orders', 'column:paid_at']],
    ['create or replace function app.total(x int) returns int', ['function:total']],
    ['drop policy "owners read" on orders', ['table:orders', 'policy:owners read']],
    ['select * from orders o join "Users" u on u.id = o.user_id', ['table:orders', 'table:Users']],
    ['select * from generate_series(1, 2)', []],
    ['create table if not exists invoices (id int)', ['table:invoices']],
  ])('in %s', (sql, expected) => {
    expect(sqlEntities(sql).map(({ kind, value }) => `${kind}:${value}`)).toEqual(expected)
  })
})

describe('the time of a log line', () => {
  test.each([
    ['2026-03-12 10:28:00.123', '2026-03-12T10:28:00.123Z'], ['2026-03-12T10:28:00Z', '2026-03-12T10:28:00.000Z'], ['2026-03-12T11:28:00+01:00', '2026-03-12T10:28:00.000Z'],
    [1773311280000000, '2026-03-12T10:28:00.000Z'], ['1773311280000000', '2026-03-12T10:28:00.000Z'], [1773311280, '2026-03-12T10:28:00.000Z'], ['whenever', 'whenever'],
  ])('%s is %s', (time, iso) => {
    expect(logTime(time)).toBe(iso)
  })
})

describe('the readable part of a bundle', () => {
  test('is the text itself, or the longest run in a binary one, or nothing', () => {
    const code = 'export default async (request: Request) => { return new Response(await load(request)) } // the whole function'
    expect(printableSource(code)).toBe(code)
    expect(printableSource(`ESZIP\u0000\u0001${code}\u0000\u0002xx`)).toBe(code)
    expect(printableSource('ESZIP\u0000\u0001\u0002ab')).toBeNull()
  })
})
