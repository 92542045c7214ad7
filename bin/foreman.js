#!/usr/bin/env node
import { launch } from './launch.js'

await launch('foreman.ts', process.argv.slice(2))
