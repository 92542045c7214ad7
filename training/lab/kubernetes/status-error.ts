/** A refusal in the API's own form: the object of kind Status that its clients parse. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: number, reason: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  /** The Status object, as it goes over the wire. */
  body(): object {
    return {
      kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: this.message, reason: this.reason,
      ...(this.details && { details: this.details }), code: this.code,
    }
  }
}

/** A request that cannot be understood, in the words of the API. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

/** No object of this name. */
export function notFound(resource: { group: string; plural: string }, name: string): StatusError {
  const group = resource.group === '' ? {} : { group: resource.group }
  const called = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
  return new StatusError(404, 'NotFound', `${called} "${name}" not found`, { name, ...group, kind: resource.plural })
}
