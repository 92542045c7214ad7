import { ConfigurationError, TransientError } from '../../core/errors.ts'

/** Node's names for a connection that was not made or was lost. */
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
/** SQLSTATE classes and codes worth another try: connection, resources, shutdown, serialization failure, deadlock. */
const SQLSTATE = /^(08...|53...|57P0[1-4]|40001|40P01)$/
/** What node-postgres says without a code. */
const WORDS = /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error/i
/** Wrong password, no such role, no such database, not allowed. */
const CONFIGURATION = /^(28...|3D000|42501)$/

/** The `TransientError` or `ConfigurationError` this error of a Postgres driver amounts to, or undefined when it is neither. */
export function unreachable(error: unknown): TransientError | ConfigurationError | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (CONFIGURATION.test(code)) {
    return new ConfigurationError([`Postgres refuses what DATABASE_URL asks for: ${error.message}. Check the user, its password, the database's name, and that the user may create schemas.`])
  }
  if (NETWORK.has(code) || SQLSTATE.test(code) || WORDS.test(error.message)) {
    return new TransientError(`The database cannot be reached: ${error.message || code}.`, { cause: error })
  }
  return undefined
}
