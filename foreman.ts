import { Command } from 'commander'

const program = new Command('foreman').description('Answers a Sentry alert with its root cause.').version('0.1.0')

await program.parseAsync()
