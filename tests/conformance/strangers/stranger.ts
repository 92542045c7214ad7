import type { ListeningLab } from '../../../training/lab/listen.ts'

/** What a client said: everything it printed (or its tool answered), and 0 when it counts that as success. */
export interface Answer {
  readonly output: string
  readonly code: number
}

/** One thing a client is asked, and what of the world its answer must hold. */
export interface Command {
  /** Words of a command line; for an MCP server a tool and its arguments as JSON; for a library one statement. */
  readonly asks: readonly string[]
  /** Each must stand in the answer. */
  readonly prints: readonly (string | RegExp)[]
  /** How the client ends; 0 unless said. */
  readonly exits?: number
  /** Why the client cannot do this with the lab. `prints` is then what it says instead, so that a limit that fell is noticed. */
  readonly cannot?: string
}

/** A connected client, to be asked one thing after another. */
export interface Connection {
  ask(words: readonly string[]): Promise<Answer>
  close?(): Promise<void>
}

/** A client nobody here wrote. */
export interface Stranger {
  /** As its users call it, with its version where we pin it. */
  readonly name: string
  /** Its program, where it is none that runs everywhere; undefined where there is none for this platform. */
  readonly program?: string | undefined
  /** Points the client at a lab. `home` is an empty folder for its settings. */
  connect(lab: ListeningLab, home: string): Promise<Connection>
  readonly commands: readonly Command[]
}

/** An address strangers ask for and the lab does not have, with the reason that it does not. */
export interface KnownGap {
  readonly route: RegExp
  readonly reason: string
}

/** The strangers of one service. */
export interface Meeting {
  readonly service: string
  readonly strangers: readonly Stranger[]
  readonly gaps: readonly KnownGap[]
}
