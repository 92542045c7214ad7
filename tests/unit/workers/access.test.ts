import { describe, expect, test } from 'vitest'
import { githubAccess } from '../../../workers/github/access.ts'
import { kubernetesAccess } from '../../../workers/kubernetes/access.ts'
import { railwayAccess } from '../../../workers/railway/access.ts'
import { sentryAccess } from '../../../workers/sentry/access.ts'
import { supabaseAccess } from '../../../workers/supabase/access.ts'

describe.each(Object.entries({ githubAccess, kubernetesAccess, railwayAccess, sentryAccess, supabaseAccess }))('%s', (_name, note) => {
  test('asks for reading only, says what each permission is for, and what to keep away', () => {
    expect(note.permissions.filter(({ name }) => /write|admin(?!_read$)|create|delete|update|patch|\*/.test(name))).toEqual([])
    expect(note.permissions.every((permission) => permission.for !== '')).toBe(true)
    expect(note.avoid.length).toBeGreaterThan(0)
    expect(note.credential).not.toBe('')
  })
})
