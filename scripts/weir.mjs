#!/usr/bin/env node
// `npm start` and the `weir` command.
import { run } from './run.mjs'

run('server/main.ts', process.argv.slice(2))
