import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ListeningLab } from '../../../training/lab/listen.ts'
import { strangerProgram, strangerScript } from '../../setup/strangers.ts'
import { findSystemProgram } from '../../setup/system-programs.ts'
import { connectMcp } from './mcp-connection.ts'
import { runProgram } from './run-program.ts'
import type { Command, Meeting } from './stranger.ts'

const healthy = 'dispatch-worker-6d9f7c5b8-abcde'
const crashing = 'dispatch-worker-6d9f7c5b8-fghij'
const inDispatch = ['-n', 'dispatch']
const noOpenApi = 'the lab serves no OpenAPI document'

function kubeconfigIn(home: string, { kubeconfig }: ListeningLab): string {
  const file = join(home, 'kubeconfig')
  writeFileSync(file, kubeconfig)
  return file
}

const kubectlCommands: readonly Command[] = [
  { asks: ['version'], prints: [/Server Version:.*v1\.31/s] },
  { asks: ['api-resources'], prints: [/deployments +deploy +apps\/v1 +true +Deployment/, /endpointslices +discovery\.k8s\.io\/v1/] },
  { asks: ['get', 'pods', '-A'], prints: [new RegExp(`dispatch +${crashing} +0/1 +CrashLoopBackOff +7`), `${healthy}   1/1     Running`] },
  { asks: ['get', 'pods', ...inDispatch, '-o', 'wide'], prints: [/10\.1\.0\.7 +node-a/] },
  { asks: ['get', 'pods', ...inDispatch, '-l', 'app=dispatch-worker', '-o', 'name'], prints: [`pod/${healthy}\npod/${crashing}\n`] },
  { asks: ['get', 'pods', ...inDispatch, '--field-selector', `metadata.name=${healthy}`, '-o', 'jsonpath={.items[*].spec.nodeName}'], prints: [/^node-a$/] },
  { asks: ['get', 'pods', ...inDispatch, '--chunk-size=1', '--no-headers'], prints: [healthy, crashing] },
  { asks: ['get', 'all', ...inDispatch], prints: [/deployment\.apps\/dispatch-worker +1\/2 +2 +1/, /service\/broker +ClusterIP +10\.2\.0\.9/] },
  { asks: ['get', 'deployment', 'dispatch-worker', ...inDispatch, '-o', 'yaml'], prints: ['image: registry.larkspur.example/dispatch-worker:0.9.1', 'reason: MinimumReplicasUnavailable'] },
  { asks: ['get', 'events', ...inDispatch], prints: [/Warning +BackOff +pod\/dispatch-worker-6d9f7c5b8-fghij +Back-off restarting failed container worker/] },
  { asks: ['get', 'nodes'], prints: [/node-a +Ready .*v1\.31\.4/] },
  { asks: ['get', 'pod', 'nope', ...inDispatch], prints: ['Error from server (NotFound): pods "nope" not found'], exits: 1 },
  { asks: ['get', 'secrets', ...inDispatch], prints: ['Error from server (Forbidden): secrets is forbidden'], exits: 1 },
  { asks: ['describe', 'pod', crashing, ...inDispatch], prints: [/Last State: +Terminated\n +Reason: +OOMKilled\n +Exit Code: +137/, /memory: +256Mi/, /Warning +BackOff/] },
  { asks: ['describe', 'deployment', 'dispatch-worker', ...inDispatch], prints: [/Replicas: +2 desired \| 2 updated \| 2 total \| 1 available \| 1 unavailable/, /NewReplicaSet: +dispatch-worker-6d9f7c5b8 \(2\/2 replicas created\)/] },
  { asks: ['describe', 'node', 'node-a'], prints: [/Kubelet Version: +v1\.31\.4/, /Non-terminated Pods: +\(2 in total\)/] },
  { asks: ['logs', crashing, ...inDispatch], prints: ['consuming from broker.dispatch'] },
  { asks: ['logs', crashing, ...inDispatch, '--previous', '--timestamps'], prints: ['2026-03-12T10:23:59.000000000Z Killed'] },
  { asks: ['logs', 'deployment/dispatch-worker', ...inDispatch, '--all-containers', '--tail=5'], prints: [/Found 2 pods, using pod|consuming/] },
  { asks: ['rollout', 'history', 'deployment/dispatch-worker', ...inDispatch], prints: [/deployment\.apps\/dispatch-worker.*REVISION +CHANGE-CAUSE.*2 /s] },
  { asks: ['rollout', 'history', 'deployment/dispatch-worker', ...inDispatch, '--revision=2'], prints: [/Image:\s+registry\.larkspur\.example\/dispatch-worker:0\.9\.1/] },
  { asks: ['top', 'pods', ...inDispatch], prints: [new RegExp(`${crashing} +15m +251Mi`)] },
  { asks: ['top', 'nodes'], prints: [/node-a +640m +16% +5120Mi +33%/] },
  { asks: ['auth', 'can-i', 'list', 'pods'], prints: [/^yes/] },
  { asks: ['auth', 'can-i', 'get', 'secrets'], prints: [/^no/], exits: 1 },
  { asks: ['auth', 'can-i', 'create', 'pods/exec'], prints: [/^no/], exits: 1 },
  { asks: ['delete', 'pod', healthy, ...inDispatch], prints: [/Error from server \(Forbidden\): pods "dispatch-worker-6d9f7c5b8-abcde" is forbidden: User "foreman-read-only" cannot delete/], exits: 1 },
  { asks: ['scale', 'deployment/dispatch-worker', '--replicas=0', ...inDispatch], prints: ['is forbidden: User "foreman-read-only" cannot'], exits: 1 },
  { asks: ['explain', 'pods'], prints: [/server could not find the requested resource|couldn't find resource|NotFound/], exits: 1, cannot: noOpenApi },
]

const goServerCommands: readonly Command[] = [
  { asks: ['tools/list'], prints: ['pods_log', 'resources_list'] },
  { asks: ['configuration_view'], prints: ['name: larkspur-eu'] },
  { asks: ['namespaces_list'], prints: [/Namespace +dispatch +Active/] },
  { asks: ['events_list', '{"namespace":"dispatch"}'], prints: ['Message: Back-off restarting failed container worker', 'Timestamp: 2026-03-12 10:27:00'] },
  { asks: ['pods_list'], prints: [new RegExp(`${crashing} +0/1 +CrashLoopBackOff`)] },
  { asks: ['pods_list_in_namespace', '{"namespace":"dispatch","labelSelector":"app=dispatch-worker"}'], prints: [healthy] },
  { asks: ['pods_get', `{"namespace":"dispatch","name":"${crashing}"}`], prints: ['reason: OOMKilled', 'restartCount: 7'] },
  { asks: ['pods_log', `{"namespace":"dispatch","name":"${crashing}"}`], prints: ['consuming from broker.dispatch'] },
  { asks: ['pods_log', `{"namespace":"dispatch","name":"${crashing}","previous":true}`], prints: ['Killed'] },
  { asks: ['pods_top', '{"namespace":"dispatch"}'], prints: [/fghij +worker +15m +251Mi/] },
  { asks: ['nodes_top'], prints: [/node-a +640m +16% +5120Mi/] },
  { asks: ['resources_list', '{"apiVersion":"apps/v1","kind":"Deployment"}'], prints: [/dispatch-worker +1\/2/] },
  { asks: ['resources_get', '{"apiVersion":"apps/v1","kind":"Deployment","name":"dispatch-worker","namespace":"dispatch"}'], prints: ['reason: MinimumReplicasUnavailable'] },
  { asks: ['resources_get', '{"apiVersion":"v1","kind":"Secret","name":"broker","namespace":"dispatch"}'], prints: ['secrets "broker" is forbidden'], exits: 1 },
  { asks: ['nodes_log', '{"name":"node-a","query":"kubelet"}'], prints: ['cannot get resource "nodes/proxy"'], exits: 1, cannot: 'it reads node logs through nodes/proxy, which a read-only role must not have' },
  { asks: ['nodes_stats_summary', '{"name":"node-a"}'], prints: ['cannot get resource "nodes/proxy"'], exits: 1, cannot: 'it reads kubelet statistics through nodes/proxy, which a read-only role must not have' },
]

const nodeServerCommands: readonly Command[] = [
  { asks: ['tools/list'], prints: ['kubectl_get', 'kubectl_describe', 'kubectl_logs'] },
  { asks: ['kubectl_context', '{"operation":"list"}'], prints: ['"name": "larkspur-eu"'] },
  { asks: ['kubectl_get', '{"resourceType":"pods","namespace":"dispatch"}'], prints: [new RegExp(`"name": "${crashing}".*"status": "CrashLoopBackOff"`, 's')] },
  { asks: ['kubectl_describe', `{"resourceType":"pod","name":"${crashing}","namespace":"dispatch"}`], prints: [/Reason: +OOMKilled/] },
  { asks: ['kubectl_logs', `{"resourceType":"pod","name":"${crashing}","namespace":"dispatch","previous":true}`], prints: ['Killed'] },
  { asks: ['list_api_resources'], prints: [/deployments +deploy +apps\/v1/] },
  { asks: ['kubectl_get', '{"resourceType":"secrets","namespace":"dispatch"}'], prints: ['secrets is forbidden'], exits: 1 },
  { asks: ['explain_resource', '{"resource":"pods"}'], prints: ['Failed to explain resource'], exits: 1, cannot: noOpenApi },
]

/** Kubernetes' own command line and two MCP servers, pointed at the lab by a kubeconfig. */
export const kubernetesMeeting: Meeting = {
  service: 'kubernetes',
  strangers: [
    {
      name: 'kubectl', program: findSystemProgram('kubectl'), commands: kubectlCommands,
      connect: async (lab, home) => {
        const env = { HOME: home, KUBECONFIG: kubeconfigIn(home, lab) }
        return { ask: (words) => runProgram({ program: findSystemProgram('kubectl') ?? 'kubectl', parameters: words, cwd: home, env }) }
      },
    },
    {
      name: 'kubernetes-mcp-server 0.0.67', program: goServer(), commands: goServerCommands,
      connect: (lab, home) => connectMcp({ command: goServer() ?? '', args: ['--kubeconfig', kubeconfigIn(home, lab), '--read-only'], cwd: home, env: { HOME: home } }),
    },
    {
      name: 'mcp-server-kubernetes 4.1.7', program: findSystemProgram('kubectl'), commands: nodeServerCommands,
      connect: (lab, home) => connectMcp({
        command: process.execPath, args: [strangerScript('mcp-server-kubernetes', 'mcp-server-kubernetes')], cwd: home,
        env: { HOME: home, KUBECONFIG: kubeconfigIn(home, lab), ALLOW_ONLY_READONLY_TOOLS: 'true' },
      }),
    },
  ],
  gaps: [
    { route: /^kubernetes: GET \/(openapi\/v[23]|swagger-2\.0\.0\.pb-v1)$/, reason: `${noOpenApi} (kubectl explain wants it)` },
    { route: /^kubernetes: GET \/apis\/coordination\.k8s\.io\/v1\/namespaces\/kube-node-lease\/leases\//, reason: 'a world has no leases; kubectl describe node goes on without' },
  ],
}

function goServer(): string | undefined {
  return strangerProgram('kubernetes-mcp-server-linux-amd64', 'bin/kubernetes-mcp-server-linux-amd64')
}
