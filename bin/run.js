// `node bin/run.js FILE …` runs a file of this repository under a Node that reads types; npm's scripts use it.
import { launch } from './launch.js'

const [file, ...parameters] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: node bin/run.js FILE [ARGUMENT …]')
  process.exit(2)
}
await launch(file, parameters)
