/** The smallest credential a worker can do its work with, for whoever creates it. */
export interface AccessNote {
  /** What kind of credential, and where it is made. */
  readonly credential: string
  /** Each permission it needs, and what is lost without it. */
  readonly permissions: readonly { readonly name: string; readonly for: string }[]
  /** What it must not have, and why. */
  readonly avoid: readonly string[]
}
