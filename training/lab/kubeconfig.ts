/** The text of a kubeconfig file (YAML, which JSON is) with one cluster, one user with a bearer token, and one context in use. The official JavaScript client asks for the TLS switch before it speaks plain HTTP. */
export function kubeconfigText({ cluster, server, token }: { cluster: string; server: string; token: string }): string {
  return `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': cluster,
    clusters: [{ name: cluster, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'lab', user: { token } }],
    contexts: [{ name: cluster, context: { cluster, user: 'lab' } }],
  }, null, 2)}\n`
}
