// Runs JavaScript expressions one after another on what a package exports: node run-statements.mjs MODULE.
// Each line on stdin is a JSON string, one expression in which the exports are names; each line on stdout is
// {"output": its value as JSON, "code": 0}, or 1 and the error's name and message when it throws.
import { createInterface } from 'node:readline'

const names = await import(process.argv[2])

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    const value = await new Function(...Object.keys(names), `return ${JSON.parse(line)}`)(...Object.values(names))
    answer = { output: JSON.stringify(value) ?? 'undefined', code: 0 }
  } catch (error) {
    answer = { output: `${error.name}: ${error.message}`, code: 1 }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
