/** One kind of secret. `secret` in the pattern's groups is what is replaced; without it, the whole match. */
export interface RedactRule {
  readonly kind: string
  /** At least one of these stands in every text the pattern can match, in lower case: a cheap look before the pattern runs. */
  readonly keywords: readonly string[]
  /** Global. Written so that it cannot run away: bounded repetitions, no nested ones. */
  readonly pattern: RegExp
  readonly accept?: (secret: string) => boolean
}

const WORD_END = '(?![A-Za-z0-9_-])'

function rule(kind: string, keywords: readonly string[], pattern: RegExp, accept?: (secret: string) => boolean): RedactRule {
  return { kind, keywords, pattern, ...(accept === undefined ? {} : { accept }) }
}

/** Secrets known by their own shape, whatever stands around them. */
const SHAPES: readonly RedactRule[] = [
  // Where its end was cut off, everything that could belong to it.
  rule('private_key', ['private key'], /-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{1,8000}?-----END [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----|(?:[\w+/=\s,:-]|\\{1,4}[nrt]){0,8000})/g),
  rule('jwt', ['eyj'], /\beyJ[\w-]{6,}\.eyJ[\w-]{6,}(?:\.[\w-]*)?/g),
  rule('openai_key', ['sk-'], /\bsk-(?:ant-|proj-|svcacct-|admin-|or-)?[\w-]{20,200}/g),
  rule('supabase_key', ['sb_secret_', 'sbp_', 'sb_publishable_'], /\b(?:sb_secret_[\w-]{10,100}|sbp_(?:v0_|oauth_)?[0-9a-f]{20,64}|sb_publishable_[\w-]{10,100})/g),
  rule('github_token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'], /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})/g),
  rule('gitlab_token', ['glpat-', 'gldt-', 'glrt-', 'glptt-'], /\bgl(?:pat|dt|rt|ptt)-[\w-]{20,60}/g),
  rule('slack_token', ['xox', 'xapp-', 'xoxe'], /\b(?:xox[abeoprs]|xoxe\.xox[bp]|xapp)-[\w-]{10,255}/g),
  rule('slack_webhook', ['hooks.slack.com'], /https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{10,200}/g),
  rule('webhook', ['discord.com/api/webhooks', 'discordapp.com/api/webhooks', 'webhook.office.com'], /https:\/\/(?:(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\/\d+\/[\w-]+|[\w-]+\.webhook\.office\.com\/[\w@/-]+)/g),
  rule('telegram_token', ['bot'], /\bbot\d{8,10}:[\w-]{35}/g),
  rule('aws_key', ['akia', 'asia', 'abia', 'acca'], new RegExp(String.raw`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}${WORD_END}`, 'g')),
  rule('google_key', ['aiza'], /\bAIza[\w-]{35}/g),
  rule('google_oauth', ['ya29.', 'gocspx-', '1//0'], /\b(?:ya29\.[\w-]{20,400}|GOCSPX-[\w-]{20,40}|1\/\/0[\w-]{30,120})/g),
  rule('azure_key', ['accountkey=', 'sharedaccesskey=', 'sig='], /(?:AccountKey|SharedAccessKey|[?&]sig)=(?<secret>[A-Za-z0-9+/%]{30,120}={0,2})/g),
  rule('sentry_token', ['sntrys_', 'sntryu_', 'sntryi_', 'sntrya_'], /\bsntry[suia]_[A-Za-z0-9+/=_-]{20,400}/g),
  rule('sentry_dsn', ['ingest', 'sentry'], /\bhttps?:\/\/(?<secret>[0-9a-f]{32}(?::[0-9a-f]{32})?)@[\w.-]+\/\d+/g),
  rule('stripe_key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'pk_live_', 'whsec_'], /\b(?:[srp]k_(?:live|test)_[A-Za-z0-9]{10,120}|whsec_[A-Za-z0-9+/=]{20,80})/g),
  rule('twilio_key', ['sk', 'ac'], new RegExp(String.raw`\b(?:SK|AC)[0-9a-f]{32}${WORD_END}`, 'g')),
  rule('sendgrid_key', ['sg.'], /\bSG\.[\w-]{16,32}\.[\w-]{30,60}/g),
  rule('mail_key', ['key-', 'xkeysib-', 're_'], /\b(?:key-[0-9a-f]{32}|xkeysib-[0-9a-f]{64}-\w{16}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30})/g),
  rule('npm_token', ['npm_'], /\bnpm_[A-Za-z0-9]{36}/g),
  rule('pypi_token', ['pypi-'], /\bpypi-[\w-]{50,255}/g),
  rule('docker_token', ['dckr_'], /\bdckr_(?:pat|oat)_[\w-]{20,64}/g),
  rule('hugging_face_token', ['hf_'], /\bhf_[A-Za-z]{30,50}\b/g),
  rule('vault_token', ['hvs.', 'hvb.', 'hvr.'], /\bhv[sbr]\.[\w-]{20,300}/g),
  rule('cloud_token', ['dop_v1_', 'doo_v1_', 'hrku-', 'fly', 'vercel_', 'shpat_', 'shpss_', 'lin_api_', 'dapi', 'nrak-', 'glsa_', 'pscale_', 'atatt', 'pat-na', 'figd_', 'tskey-'], /\b(?:do[op]_v1_[0-9a-f]{64}|HRKU-[\w-]{30,80}|fly?o1_[\w-]{30,100}|FlyV1 [\w+/=,-]{40,800}|vercel_[A-Za-z0-9]{20,60}|shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}|lin_api_[A-Za-z0-9]{40}|dapi[0-9a-f]{32}|NRAK-[A-Z0-9]{27}|glsa_\w{32,60}|pscale_(?:tkn|pw|oauth)_[\w.=-]{30,64}|ATATT3[\w=-]{50,250}|pat-na\d-[0-9a-f-]{36}|figd_[\w-]{30,60}|tskey-[a-z]+-[\w-]{16,60})/g),
  rule('kubernetes_token', ['k8s-aws-v1', 'k10'], /\b(?:k8s-aws-v1\.[\w-]{40,2000}|K10[0-9a-f]{64}::\w+:[0-9a-f]{32})/g),
  rule('password_hash', ['$2a$', '$2b$', '$2y$', '$argon2'], /\$(?:2[aby]\$\d\d\$[./A-Za-z0-9]{53}|argon2\w{1,2}\$v=\d+\$[\w=,]+\$[\w+/]+\$[\w+/]+)/g),
]

/** Secrets known by what stands before them. Hosts, database names and user names beside them stay. */
const PLACES: readonly RedactRule[] = [
  rule('connection_password', ['://'], /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/?#@"'<>[]{0,120}:(?<secret>[^\s/?#"'<>]{1,200}?)@(?=[\w.[-])/gi),
  rule('connection_password', ['password=', 'pwd='], /;\s*(?:password|pwd)=(?<secret>[^;"'\s]{1,200})/gi),
  rule('bearer', ['bearer'], /\bbearer\s+(?<secret>[\w.~+/=-]{12,2000})/gi, mixed),
  rule('basic_auth', ['basic'], /\bbasic\s+(?<secret>[A-Za-z0-9+/]{8,400}={0,2})(?![\w])/gi, isUserAndPassword),
  rule('authorization', ['authorization', 'x-api-key', 'apikey', 'x-auth-token', 'x-amz-security-token', 'x-vault-token'], /["']?\b(?:(?:proxy-)?authorization|x-api-key|apikey|x-auth-token|x-amz-security-token|x-vault-token)["']?\s*[:=,]\s*["']?(?:(?:bearer|basic|token|apikey)\s+)?(?<secret>[\w.~+/=-]{8,2000})/gi, mixed),
  rule('cookie', ['cookie'], /\bcookie["']?\s*[:=,]\s*\[?["']?(?<secret>[\w.-]{1,80}=[^;\s"'<>]{3,4000}(?:;\s*[\w.-]{1,80}(?:=[^;\s"'<>]{0,4000})?){0,40})/gi),
  rule('session', ['sessionid', 'connect.sid', 'phpsessid', 'jsessionid', 'access-token', 'refresh-token'], /\b(?:sessionid|connect\.sid|phpsessid|jsessionid|sb-[\w-]{1,60}-auth-token|access-token|refresh-token)=(?<secret>[^;\s"'&]{12,2000})/gi),
  rule('aws_secret', ['aws'], /\baws_?(?:secret|session)\w{0,20}["']?\s*[:=]\s*["']?(?<secret>[A-Za-z0-9+/=]{30,1000})/gi),
  rule('password', ['password', 'passwd', 'passphrase', 'pwd'], /(?:password|passwd|passphrase|pwd)["']?\s*(?:=>|[:=])\s*(?<quote>["']?)(?<secret>[^\s"',;&}\\]{4,200})/gi, notCode),
  rule('secret', ['secret', 'api_key', 'apikey', 'api-key', 'private_key', 'privatekey', 'access_key', 'accesskey', 'service_key', 'signing_key', 'encryption_key', 'service_role'], /(?:secret|api[_-]?key|private[_-]?key|access[_-]?key|service[_-]?(?:role[_-]?)?key|signing[_-]?key|encryption[_-]?key)["']?\s*(?:=>|[:=])\s*["']?(?<secret>[\w.~+/=-]{8,400})/gi, (value) => mixed(value) && notCode(value)),
  rule('token', ['token', 'credential', 'signature'], /(?:token|credentials?|signature)["']?\s*(?:=>|[:=])\s*["']?(?<secret>[\w.~+/=-]{16,2000})/gi, (value) => mixed(value) && notCode(value) && !isEvidence(value)),
]

/** A name and its value as neighbours in a list: `["api_key","…"]`. Column names stand like that too, so the value must look random. */
const PAIRS: readonly RedactRule[] = [
  rule('secret', ['password', 'passwd', 'secret', 'key', 'authorization'], /["'][\w.-]{0,60}(?:password|passwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|authorization)["']\s*,\s*["'](?<secret>[^"'\\\s,]{8,2000})["']/gi, mixed),
  rule('token', ['token', 'cookie', 'credential'], /["'][\w.-]{0,60}(?:token|cookie|credentials?)["']\s*,\s*["'](?<secret>[^"'\\\s,]{12,2000})["']/gi, (value) => mixed(value) && !isEvidence(value)),
]

/** What stands before a secret's own characters, where that is telling by itself. */
const BEGINNINGS = [
  'sk-', 'sb_secret_', 'sb_publishable_', 'sbp_', 'gh[pousr]_', 'github_pat_', 'gl(?:pat|dt|rt|ptt)-', 'xox[abeoprs]-', 'xapp-', 'A[KSBC]IA', 'AIza', String.raw`ya29\.`, 'GOCSPX-', 'sntry[suia]_', '[srp]k_(?:live|test)_', 'whsec_',
  String.raw`SG\.`, 'xkeysib-', 'npm_', 'pypi-', 'dckr_(?:pat|oat)_', 'hf_', String.raw`hv[sbr]\.`, 'do[op]_v1_', 'HRKU-', 'fly?o1_', 'FlyV1 ', 'vercel_', 'shp(?:at|ss|ca|pa)_', 'lin_api_', 'dapi', 'NRAK-', 'glsa_', 'pscale_', 'ATATT3', 'pat-na', 'figd_', 'tskey-',
  String.raw`k8s-aws-v1\.`, 'K10', 'SK(?=[0-9a-f])', 'AC(?=[0-9a-f])',
].join('|')

/** What a tool's own cut left of a secret: too short for its rule, and often all but a character of it. The cut's mark stands behind it. */
const CUT: readonly RedactRule[] = [
  new RegExp(String.raw`\b(?:${BEGINNINGS})[\w.+/=~-]{1,2000}(?=…)`, 'g'),
  /\bbot\d{8,10}:[\w-]{1,40}(?=…)/g,
  /\$(?:2[aby]\$|argon2)[\w.$/=,+]{1,200}(?=…)/g,
  /https:\/\/(?:hooks\.slack\.com|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks)\/[\w@/-]{1,200}(?=…)/g,
  /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/?#@"'<>[…]{0,120}:(?<secret>(?!\d{1,5}…)[^\s/?#@"'<>…]{1,200})(?=…)/gi,
  /\bhttps?:\/\/(?<secret>[0-9a-f]{8,32}(?::[0-9a-f]{0,32})?)(?=…)/g,
].map((pattern) => rule('cut', ['…'], pattern))

/** The same for secrets known by the word before them. */
const CUT_PLACE = rule('cut', ['…'], /(?:secret|token|key|authorization|bearer|basic|credentials?|signature|cookie|sig)["']?(?:\s*(?:=>|[:=])\s*|\s+)["']?(?:(?:bearer|basic|token)\s+)?(?<secret>[\w.~+/=-]{4,2000})(?=…)/gi, (value) => /[a-z]/i.test(value) && (/\d/.test(value) || (value.length > 12 && /[a-z][A-Z]/.test(value))))

export const redactRules: readonly RedactRule[] = [...SHAPES, ...PLACES, ...PAIRS, ...CUT, CUT_PLACE]

export const emailRule: RedactRule = rule('email', ['@'], /\b[\w.+-]{1,64}@(?:(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}\b|[\w.-]{0,100}(?=…))/gi)
export const cardRules: readonly RedactRule[] = [
  rule('card', ['4', '5', '3', '6'], /(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d.-])/g, passesLuhn),
  rule('cut', ['…'], /(?<![\d.-])[3-6](?:[ -]?\d){7,17}(?=…)/g),
]

/** Names of object keys whose whole string value is a secret when it looks like one. */
const STRONG_NAME = /(?:password|passwd|passphrase|secret|api[_-]?key|private[_-]?key|access[_-]?key|service[_-]?(?:role[_-]?)?key|^authorization|^cookie|^set-cookie|^x-api-key)$/i
const WEAK_NAME = /(?:token|credentials?|signature)$/i

/** The kind of secret a value under this key is, or null when the name or the value says that it is none. */
export function secretKindOfKey(key: string, value: string): string | null {
  if (value.length < 4 || value.length > 8_000) return null
  if (/cookie$/i.test(key)) return value.includes('=') ? 'cookie' : null
  if (/(?:password|passwd|passphrase)$/i.test(key)) return notCode(value) && !/\s/.test(value) ? 'password' : null
  if (STRONG_NAME.test(key)) return value.length >= 8 && mixed(value) && notCode(value) ? 'secret' : null
  return WEAK_NAME.test(key) && value.length >= 16 && mixed(value) && notCode(value) && !isEvidence(value) ? 'token' : null
}

/** Ids that investigations are made of: uuids, event and trace ids, SHAs, and prefixed ids of requests and objects. */
function isEvidence(value: string): boolean {
  return /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[a-z]{2,12}_[A-Za-z0-9]{8,40})$/i.test(value)
}

/** Letters and digits together, and not one character over and over: what random strings have and words do not. */
function mixed(value: string): boolean {
  return /\d/.test(value) && /[A-Za-z]/.test(value) && !/\s/.test(value) && entropy(value) >= 2.8
}

function isUserAndPassword(base64: string): boolean {
  return /^[\x20-\x7e]{0,200}:[\x20-\x7e]{1,200}$/.test(Buffer.from(base64, 'base64').toString('latin1'))
}

/** Neither a reference to a value elsewhere, nor a type, nor something already hidden. */
function notCode(value: string): boolean {
  if (/^(?:\$|\{|<|\[secret:|\*+|x{4,}|\.\.\.|%[sd]|(?:process|import|os|env|config|req|request|this|self|data|options|settings)\b[.[])/i.test(value)) return false
  if (/^(?:string|number|boolean|null|none|undefined|true|false|required|redacted|\[redacted\]|\[filtered\]|changeme|optional|z\.\w+.*|await|new|nil)$/i.test(value)) return false
  return !/[([]|=>|^\w+\.\w+\.\w+$/.test(value) || /\d.*\d/.test(value.replace(/[([].*/, ''))
}

function entropy(value: string): number {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / value.length) * Math.log2(count / value.length), 0)
}

function passesLuhn(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '')
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1+$/.test(digits)) return false
  const sum = Array.from(digits).reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
