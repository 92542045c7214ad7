import { commandText } from './command-text.ts'
import type { Command, Meeting } from './stranger.ts'

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function row(command: Command): string {
  return `| \`${cell(commandText(command))}\` | ${command.cannot === undefined ? 'passed' : `cannot: ${cell(command.cannot)}`} |`
}

function countText(commands: readonly Command[]): string {
  const cannot = commands.filter((command) => command.cannot !== undefined).length
  return `${commands.length - cannot} passed${cannot === 0 ? '' : `, ${cannot} cannot`}`
}

function section({ service, strangers, gaps }: Meeting): string[] {
  return [
    `## ${service}`, '',
    ...strangers.flatMap(({ name, commands }) => [`### ${name}: ${countText(commands)}`, '', '| command | result |', '|---|---|', ...commands.map(row), '']),
    ...(gaps.length === 0 ? [] : ['Asked for and not in the lab:', '', ...gaps.map(({ route, reason }) => `- \`${cell(route.source)}\`: ${reason}`), '']),
  ]
}

/** RESULTS.md: what each client was asked, and whether it got the world's values. True as long as the tests of the same rows pass. */
export function resultsText(meetings: readonly Meeting[], leftOut: readonly string[]): string {
  return [
    '# Clients nobody here wrote, on the lab', '',
    'Each of these asks the lab over a port, and what it prints is compared with the values of the world in tests/fixtures/world.',
    'A command that cannot pass is run as well: it must fail in the way its row says, so that a limit that fell is noticed.', '',
    'Written by `node tests/setup/write-strangers-results.ts` from the rows in tests/conformance/strangers/, which the tests run;',
    'a test fails when this file is not what the rows say.', '',
    '| service | client | commands |', '|---|---|---|',
    ...meetings.flatMap(({ service, strangers }) => strangers.map(({ name, commands }) => `| ${service} | ${name} | ${countText(commands)} |`)), '',
    ...meetings.flatMap(section),
    ...(leftOut.length === 0 ? [] : ['## Left out', '', ...leftOut.map((line) => `- ${line}`), '']),
  ].join('\n')
}
