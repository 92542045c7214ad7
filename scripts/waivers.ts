/** One file excused from some rules. A reason says why the file is better this way, not that it was quicker. */
export interface Waiver {
  readonly file: string
  readonly rules: readonly string[]
  readonly reason: string
}

/** Every waiver of the house. Lint reads it; nothing may be waived inline. */
export const waivers: readonly Waiver[] = []
