import { expect, test } from 'vitest'
import { readable, readProblem } from '../../../../workers/kubernetes/problem.ts'

test.each([
  ['Error: secret "push-provider" not found', 'Secret push-provider does not exist', 'credential:push-provider'],
  ['configmap "web-settings" not found', 'ConfigMap web-settings does not exist', 'config_map:web-settings'],
  ['MountVolume.SetUp failed for volume "tls" : references non-existent secret key: tls.crt', 'a mounted Secret has no key tls.crt (volume "tls")', 'variable:tls.crt'],
  ['Failed to pull image "r.example.io/a/b:1": unexpected status from HEAD request: 403 Forbidden', 'image r.example.io/a/b:1 cannot be pulled: the registry denies access', 'image:r.example.io/a/b:1'],
  ['Back-off restarting failed container app in pod web-1', 'container app keeps ending and is restarted with back-off', undefined],
  ['pods "web-1" is forbidden: exceeded quota: team, requested: pods=1, used: pods=10, limited: pods=10', 'quota team is exceeded: pods=1 requested, pods=10 used, limit pods=10', 'identifier:team'],
  ['0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available.', 'no node takes it, 0/3 available: 3 Insufficient cpu', undefined],
  ['Error: rpc error: code = Unknown desc = odd', 'odd', undefined],
])('the message %j is read for what it says and whom it blames', (message, text, blamed) => {
  const problem = readProblem(message)
  expect(problem.text).toBe(text)
  expect(problem.blamed.map(({ kind, value }) => `${kind}:${value}`)[0]).toBe(blamed)
})

test.each([['80370760Ki', '80370760Ki (76.6 GiB)'], ['512Mi', '512Mi'], ['449Ki', '449Ki'], ['10726250905', '10726250905 (10.0 GiB)']])('the amount %s reads as %s', (amount, text) => {
  expect(readable(amount)).toBe(text)
})
