import OpenAI from 'openai'

export interface ModelServer {
  readonly apiKey: string
  /** Undefined is OpenAI itself. */
  readonly baseURL?: string | undefined
  readonly fetch?: typeof fetch | undefined
  /** Gateways that swap weights answer 429 for a while; trainers ask for more retries. */
  readonly maxRetries?: number | undefined
  readonly timeoutSeconds?: number | undefined
}

/** A client with our limits: the SDK's own ten minutes times three attempts would outlive an investigation. */
export function createModelClient({ apiKey, baseURL, fetch, maxRetries = 2, timeoutSeconds = 120 }: ModelServer): OpenAI {
  return new OpenAI({ apiKey, baseURL: baseURL ?? null, maxRetries, timeout: timeoutSeconds * 1000, ...(fetch && { fetch }) })
}

/** The host a person would recognise in an error. */
export function placeOf(server: ModelServer): string {
  try {
    return new URL(server.baseURL ?? 'https://api.openai.com/v1').host
  } catch {
    return server.baseURL ?? 'api.openai.com'
  }
}
