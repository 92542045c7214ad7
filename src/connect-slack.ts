import { createSlackEdge } from './adapters/slack/create-slack-edge.ts'
import type { SlackEdge, SlackEdgeDependencies } from './adapters/slack/create-slack-edge.ts'
import type { Config } from './config.ts'
import { ConfigurationError } from './core/errors.ts'
import { recogniseSentryPost } from './intake/recognise-sentry-post.ts'

/** The services' own sites, which tools link to. Self-hosted ones come from their connections, others from FOREMAN_LINK_HOSTS. */
const publicHosts = ['sentry.io', 'supabase.com', 'railway.com', 'railway.app', 'github.com']

/**
 * The Slack edge as the configuration has it: which posts are Sentry's, and where links may lead. Throws `ConfigurationError`
 * without Slack, before anything else is opened; the edge itself comes from the returned function.
 */
export function connectSlack(config: Config): (deps: Omit<SlackEdgeDependencies, 'connection' | 'recognisePost' | 'linkHosts'>) => SlackEdge {
  const { slack, connections } = config
  if (!slack) throw new ConfigurationError(['SLACK_BOT_TOKEN: not set. `foreman demo` runs without Slack, `foreman ask` in the terminal.'])
  const sentryHosts = hostsOf(connections.sentry?.baseUrl)
  return (deps) => createSlackEdge({
    ...deps,
    connection: slack,
    linkHosts: [...publicHosts, ...sentryHosts, ...hostsOf(connections.github?.baseUrl), ...config.linkHosts],
    recognisePost: (message, { team, eventId }) => recogniseSentryPost(message, {
      team, eventId, sentryHosts, sentryAppIds: slack.sentryAppIds, organization: connections.sentry?.organization, clock: deps.clock, newId: deps.newId,
    }),
  })
}

function hostsOf(url: string | undefined): string[] {
  const host = url === undefined ? undefined : URL.parse(url)?.hostname
  return host === undefined ? [] : [host]
}
