// Railway's SDK as a program, given the file it is in: each line on stdin is a JSON string such as `Sandbox.list({"environmentId":"…"})`, arguments as
// JSON; each line on stdout is {"output": the value as JSON, "code": 0}, or 1 and the error's name and message when it throws.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [, , file = ''] = process.argv
const sdk = await import(file)

async function call(text: string): Promise<unknown> {
  const [, owner = '', method = '', parameters = ''] = /^(\w+)\.(\w+)\((.*)\)$/.exec(text) ?? []
  return await sdk[owner][method](...JSON.parse(`[${parameters}]`))
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await call(JSON.parse(line)).then(
    (value) => ({ output: JSON.stringify(value), code: 0 }),
    (error: Error) => ({ output: `${error.name}: ${error.message}`, code: 1 }),
  )
  writeSync(1, `${JSON.stringify(answer)}\n`)
}
