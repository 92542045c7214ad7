import { describe, expect, test } from 'vitest'
import type { PodSpec } from '../../../../workers/kubernetes/client.ts'
import { cpuMillicores, memoryMebibytes } from '../../../../workers/kubernetes/quantity.ts'
import { containerTemplates, containerTemplateText, templateChanges } from '../../../../workers/kubernetes/template.ts'

const before: PodSpec = {
  containers: [{
    name: 'app', image: 'shop/checkout:3', env: [{ name: 'BROKER_URL', value: 'amqp://user:hunter2@broker:5672' }, { name: 'OLD', value: 'x' }],
    resources: { limits: { memory: '256Mi' } },
  }],
}
const after: PodSpec = {
  containers: [{
    name: 'app', image: 'shop/checkout:4',
    env: [{ name: 'BROKER_URL', valueFrom: { secretKeyRef: { name: 'broker', key: 'url' } } }, { name: 'NEW', value: 'canary-value' }],
    resources: { limits: { memory: '128Mi' } },
  }],
}

describe('a container of a pod template', () => {
  test('shows names and references of variables and never a value', () => {
    const text = containerTemplates(before).map(containerTemplateText).join('\n') + JSON.stringify(containerTemplates(after))
    expect(text).toContain('BROKER_URL')
    expect(text).toContain('secret broker/url')
    expect(text).not.toMatch(/hunter2|canary-value|amqp/)
  })

  test('differs from the next revision in words', () => {
    expect(templateChanges(containerTemplates(before), containerTemplates(after))).toEqual([
      'image shop/checkout:3 → shop/checkout:4', 'memory limit 256Mi → 128Mi', 'env BROKER_URL: literal → secret broker/url', 'env NEW added (literal)', 'env OLD removed',
    ])
  })

  test('has no changes against itself', () => {
    expect(templateChanges(containerTemplates(after), containerTemplates(after))).toEqual([])
  })
})

describe('a quantity', () => {
  test.each([['256Mi', 256], ['1Gi', 1024], ['1048576', 1], ['1G', 953.67431640625]])('of memory %s is %d MiB', (quantity, mebibytes) => {
    expect(memoryMebibytes(quantity)).toBe(mebibytes)
  })

  test.each([['250m', 250], ['2', 2_000], ['13000000n', 13]])('of CPU %s is %d millicores', (quantity, millicores) => {
    expect(cpuMillicores(quantity)).toBe(millicores)
  })

  test('that is none is undefined', () => {
    expect([memoryMebibytes('lots'), cpuMillicores(undefined)]).toEqual([undefined, undefined])
  })
})
