import * as Sentry from '@sentry/node'

/** Reports our own errors to our own Sentry, without request data or anything an investigation read. */
export function startErrorReporting(dsn: string): { report(error: unknown): void; close(): Promise<void> } {
  Sentry.init({
    dsn,
    tracesSampleRate: 0,
    defaultIntegrations: false,
    beforeSend: ({ request: _request, breadcrumbs: _breadcrumbs, extra: _extra, ...event }) => event,
  })
  return {
    report: (error) => {
      Sentry.captureException(error)
    },
    close: async () => {
      await Sentry.close(2000)
    },
  }
}
