import { describe, expect, test } from 'vitest'
import { DeploymentMeta, deploymentSignal, deploymentText, summaryOf } from '../../../../workers/railway/deployments.ts'
import { logFilter } from '../../../../workers/railway/log-source.ts'

const now = new Date('2026-03-12T10:30:00Z')
const sha = '59395c05c18b9c8904853715d4136921de0b48f1'

function summary(status: string, meta: unknown) {
  return summaryOf({ id: 'bcdb1725-801f-4baa-8736-bdb60623a815', service: 'api', status, createdAt: '2026-03-12T09:41:00Z', meta: DeploymentMeta.parse(meta) })
}

describe('a deployment', () => {
  test('is a change that names its commit, author and service', () => {
    const signal = deploymentSignal(summary('SUCCESS', { commitHash: sha, commitMessage: 'Drop the fallback\n\nlong', commitAuthor: 'praman', branch: 'main' }), now)
    expect(signal).toMatchObject({ kind: 'change', severity: 1, at: '2026-03-12T09:41:00Z' })
    expect(signal.entities.map(({ kind, value }) => `${kind}:${value}`)).toEqual(['service:api', 'deployment:bcdb1725-801f-4baa-8736-bdb60623a815', `commit:${sha}`, 'user:praman', 'branch:main'])
  })

  test.each([['rollback', 'rolled back'], ['variables', 'redeployed after a change of variables'], ['redeploy', 'redeployed']])('made by a %s says so', (reason, words) => {
    expect(deploymentSignal(summary('SUCCESS', { reason }), now).text).toContain(`api was ${words} at 2026-03-12 09:41:00Z`)
  })

  test.each(['CRASHED', 'FAILED'])('that is %s is a broken state', (status) => {
    expect(deploymentSignal(summary(status, null), now)).toMatchObject({ kind: 'state', severity: 3 })
  })

  test('reads as one line even when its meta is nothing we know', () => {
    expect(deploymentText(summary('SUCCESS', 'odd'))).toBe('2026-03-12 09:41:00Z api SUCCESS bcdb1725-801f-4baa-8736-bdb60623a815')
  })
})

describe('a log filter', () => {
  test('joins level and phrase, and lets no quote end the phrase', () => {
    expect(logFilter({ level: 'error', search: 'x" OR @level:info' })).toBe('@level:error AND "x  OR @level:info"')
  })

  test('is undefined when nothing is wanted', () => {
    expect(logFilter({})).toBeUndefined()
  })
})
