/** Replaces secrets by placeholders; the same secret gets the same placeholder within one redactor. One per investigation. */
export interface Redactor {
  text(value: string): string
  /** Every string inside a JSON value, keys included. */
  json<T>(value: T): T
}
