import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

type Setting = string | number | boolean
const Answer = z.record(z.string(), z.unknown())

/** What may be shown, by name. Everything else stays unread: the same answer holds client secrets, SMTP passwords and hooks' keys. */
const SHOWN = /^(?:site_url|uri_allow_list|disable_signup|jwt_exp|rate_limit_\w+|external_\w+_enabled|saml_enabled|mailer_(?:autoconfirm|otp_exp|otp_length|secure_email_change_enabled)|sms_(?:provider|autoconfirm|otp_exp|max_frequency)|smtp_(?:host|port|max_frequency)|sessions_(?:timebox|inactivity_timeout|single_per_user)|refresh_token_rotation_enabled|security_(?:captcha_enabled|captcha_provider|refresh_token_reuse_interval|manual_linking_enabled)|password_(?:min_length|hibp_enabled)|mfa_\w+_enabled|hook_\w+_(?:enabled|uri)|db_max_pool_size|api_max_request_duration)$/

export const authConfig = defineTool<SupabaseClient>()({
  name: 'supabase_auth_config',
  title: 'Settings of sign-in',
  useWhen: 'Use when people cannot sign in, sign up or get mails: providers, redirect URLs, token lifetime, rate limits, hooks, mail server; never a secret.',
  input: z.object({}),
  output: z.object({ settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) }),
  operations: [operations.authConfig],
  async run(_args, { client }) {
    const settings = Object.fromEntries(Object.entries(await client.get('/config/auth', Answer))
      .flatMap(([name, value]): [string, Setting][] => (SHOWN.test(name) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') ? [[name, value]] : []))
      .filter(([name, value]) => value !== '' && !(value === false && /^(?:external|mfa|hook)_/.test(name)))
      .sort(([a], [b]) => a.localeCompare(b)))
    const lines = Object.entries(settings).map(([name, value]) => `${name}: ${clip(String(value), 400)}`)
    const signals = authSignals(settings)
    return {
      structured: { settings },
      text: lines.length === 0 ? 'No setting of sign-in may be read.' : ['Settings of sign-in (providers, hooks and factors that are off are left out):', ...lines].join('\n'),
      entities: distinctEntities([...Object.keys(settings).map((name): Entity => ({ kind: 'variable', value: name })), ...lines.flatMap((line) => extractEntities(line))]),
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `Nothing in ${lines.length} settings of sign-in stands out.`)],
      links: [client.link('Sign-in settings in Supabase', 'auth/providers')],
    }
  },
})

function setting(name: string): Entity {
  return { kind: 'variable', value: name }
}

function authSignals(settings: Readonly<Record<string, Setting>>): Signal[] {
  const { disable_signup: closed, site_url: site, jwt_exp: seconds } = settings as { disable_signup?: Setting; site_url?: Setting; jwt_exp?: Setting }
  const limits = Object.entries(settings).filter(([name]) => name.startsWith('rate_limit_')).map(([name, value]) => `${name.slice('rate_limit_'.length)} ${value}`)
  const hooks = Object.entries(settings).filter(([name]) => /^hook_\w+_uri$/.test(name) && settings[name.replace(/_uri$/, '_enabled')] === true)
  return [
    ...(typeof site === 'string' && /^https?:\/\/(?:localhost|127\.)/.test(site) ? [makeSignal('state', 2, `site_url is ${site}: sign-in sends people to a developer’s own machine.`, { about: [setting('site_url')] })] : []),
    ...(closed === true ? [makeSignal('state', 1, 'disable_signup is on: only people who have an account can sign in.', { about: [setting('disable_signup')], says: '' })] : []),
    ...(typeof seconds === 'number' && seconds < 300 ? [makeSignal('state', 1, `jwt_exp is ${seconds} seconds: access tokens last no longer.`, { about: [setting('jwt_exp')] })] : []),
    ...hooks.map(([name, uri]) => makeSignal('state', 0, `Every ${name.replaceAll(/^hook_|_uri$/g, '').replaceAll('_', ' ')} goes through ${String(uri)}.`, { about: [setting(name)] })),
    ...(limits.length === 0 ? [] : [makeSignal('state', 0, `Rate limits of sign-in: ${limits.join(', ')}.`, { about: Object.keys(settings).filter((name) => name.startsWith('rate_limit_')).map(setting), says: '' })]),
  ]
}
