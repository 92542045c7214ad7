import type { CreateLabService, ServiceName } from './service.ts'

/** Where each simulated service is built. Imported when first asked for: a world's database is not started for a question to GitHub. */
export const serviceFactories: Readonly<Record<ServiceName, () => Promise<CreateLabService>>> = {
  sentry: async () => (await import('./sentry/sentry.ts')).createSentry,
  supabase: async () => (await import('./supabase/supabase.ts')).createSupabase,
  railway: async () => (await import('./railway/railway.ts')).createRailway,
  kubernetes: async () => (await import('./kubernetes/kubernetes.ts')).createKubernetes,
  github: async () => (await import('./github/github.ts')).createGithub,
  docs: async () => (await import('./docs/docs.ts')).createDocs,
}
