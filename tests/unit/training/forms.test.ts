import { describe, expect, it } from 'vitest'
import type { Form } from '../../../src/core/task.ts'
import { formProblem, occurs } from '../../../training/grading/forms.ts'

const sha = 'a073aadab4520b192ecad4ca1a2f309947a5f121'
const uuid = '9e15d4b9-f8e8-4e4e-af1b-853cb69b7ac8'

describe('a form', () => {
  it.each<[Form, string]>([
    [{ type: 'id', value: 'print_hello' }, 'The job `print_hello`.'],
    [{ type: 'id', value: 'print_hello' }, '_print_hello_ again'],
    [{ type: 'id', value: 'print_hello' }, '定时任务print_hello失败'],
    [{ type: 'id', value: 'lumen-notes' }, "lumen-notes's requests"],
    [{ type: 'id', value: 'src/db/traces.js' }, 'at src/db/traces.js:6'],
    [{ type: 'id', value: sha }, 'commit A073AAD…'],
    [{ type: 'id', value: sha }, `ghcr.io/acme/api:${sha.slice(0, 9)}`],
    [{ type: 'id', value: uuid }, 'deployment 9e15d4b9'],
    [{ type: 'literal', value: 'tool-call id' }, 'the Tool Call ID of a model'],
    [{ type: 'number', value: 1.5, unit: 's' }, 'took 1,5 s'],
    [{ type: 'number', value: 512, unit: 'Mi' }, 'limit 512Mi'],
    [{ type: 'number', value: 60 }, 'limit=60/min'],
    [{ type: 'number', value: -3 }, 'offset -3'],
    [{ type: 'number', value: 1_234_567 }, '1.234.567 rows'],
    [{ type: 'regex', value: 'toolu_\\w+' }, 'got "toolu_01AB"'],
  ])('%j is in "%s"', (form, text) => {
    expect(occurs(form, text)).toBe(true)
  })

  it.each<[Form, string]>([
    [{ type: 'id', value: 'print_hello' }, 'print_hello_world'],
    [{ type: 'id', value: 'lumen-notes' }, 'my-lumen-notes'],
    [{ type: 'id', value: 'ledger-api' }, 'ledger-api.payments.svc'],
    [{ type: 'id', value: sha }, 'commit a073aa'],
    [{ type: 'id', value: sha }, 'commit a073aadb'],
    [{ type: 'id', value: uuid }, 'deployment 9e15d4b'],
    [{ type: 'literal', value: 'expired' }, 'unexpired'],
    [{ type: 'number', value: 5 }, '15:05:05 on 2026-05-05'],
    [{ type: 'number', value: 5 }, '5,000'],
    [{ type: 'number', value: 3 }, 'commit 3fa9c1d'],
    [{ type: 'number', value: 3 }, '-3'],
    [{ type: 'number', value: 512, unit: 'MB' }, '512 rows'],
  ])('%j is not in "%s"', (form, text) => {
    expect(occurs(form, text)).toBe(false)
  })

  it('is refused when it says nothing or does not compile', () => {
    expect(formProblem({ type: 'regex', value: '(' })).toMatch(/regular expression/i)
    expect(formProblem({ type: 'regex', value: 'a*' })).toMatch(/empty text/)
    expect(formProblem({ type: 'literal', value: '"' })).toMatch(/empty/)
    expect(formProblem({ type: 'number', value: 0 })).toBeUndefined()
  })
})
