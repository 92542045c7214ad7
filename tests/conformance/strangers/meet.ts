import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, type Lab } from '../../../training/lab/lab.ts'
import type { ListeningLab } from '../../../training/lab/listen.ts'
import { assertInstalled } from '../../setup/strangers.ts'
import { commandText } from './command-text.ts'
import { fixtureWorld } from './fixture-world.ts'
import type { Command, Connection, Meeting, Stranger } from './stranger.ts'

/**
 * Lets every client of a service ask the lab over ports, and compares what it prints with the world. A command that cannot
 * pass must fail as its row says, and whatever a client asks for that the lab has not must be among the known gaps.
 */
export function meetStrangers({ service, strangers, gaps }: Meeting): void {
  assertInstalled()
  let lab: Lab
  let served: ListeningLab
  beforeAll(async () => {
    lab = createLab(await fixtureWorld())
    served = await lab.listen()
  })
  afterAll(() => lab.close())

  describe.for(strangers.map((stranger) => [stranger.name, stranger] as const))('%s', ([, stranger]) => {
    interview(stranger, () => served)
  })

  it(`asks the lab's ${service} for nothing it does not have, but for the known gaps`, () => {
    const unknown = lab.recorder.unknownRoutes().map(({ service, method, path }) => `${service}: ${method} ${path}`)
    expect(unknown.filter((asked) => !gaps.some(({ route }) => route.test(asked)))).toEqual([])
    expect(gaps.filter(({ route }) => !unknown.some((asked) => route.test(asked)))).toEqual([])
  })
}

function interview(stranger: Stranger, served: () => ListeningLab): void {
  if ('program' in stranger && stranger.program === undefined) {
    it('is not asked here: it has no program for this platform', () => expect(stranger.program).toBeUndefined())
    return
  }
  const home = mkdtempSync(join(tmpdir(), 'foreman-stranger-'))
  let connection: Connection
  beforeAll(async () => {
    connection = await stranger.connect(served(), home)
  })
  afterAll(async () => {
    await connection.close?.()
    rmSync(home, { recursive: true, force: true })
  })
  it.for(stranger.commands.map((command) => [titleOf(command), command] as const))('%s', async ([, command]) => {
    const { output, code } = await connection.ask(command.asks)
    for (const wanted of command.prints) expect(output).toMatch(wanted)
    expect({ code, output }).toEqual({ code: command.exits ?? 0, output })
  })
}

function titleOf(command: Command): string {
  return command.cannot === undefined ? commandText(command) : `${commandText(command)}: cannot, ${command.cannot}`
}
