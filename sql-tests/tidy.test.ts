import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { test } from 'node:test'

const FOLDERS = ['types', 'storage', 'executor', 'planner', 'connectors', 'server'] as const

/** Folders a folder may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  types: [],
  storage: ['types'],
  executor: ['storage', 'types'],
  planner: ['executor', 'storage', 'types'],
  connectors: ['types'],
  server: ['planner', 'executor', 'storage', 'types', 'connectors'],
}

const LINES_MAX = 700

const files = FOLDERS.flatMap(folder => globSync(`${folder}/**/*.ts`))

test('imports only go down: server -> planner -> executor -> storage -> types, connectors -> types', () => {
  const wrong: string[] = []
  for (const file of files) {
    if (file.endsWith('.test.ts')) continue
    const folder = file.split(sep)[0]!
    for (const match of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)) {
      const target = normalize(join(dirname(file), match[1]!)).split(sep)[0]!
      if (target !== folder && !MAY_IMPORT[folder]!.includes(target)) wrong.push(`${file} -> ${match[1]}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('files stay small enough to hold one idea', () => {
  const large = files.filter(file => readFileSync(file, 'utf8').split('\n').length > LINES_MAX)
  assert.deepEqual(large, [])
})

test('nothing is left for later in a comment', () => {
  const words = /\b(TODO|FIXME|XXX)\b/
  assert.deepEqual(
    files.filter(file => words.test(readFileSync(file, 'utf8'))),
    [],
  )
})

test('no file has a default export or a type of any', () => {
  const banned = /^export default |:\s*any\b|as any\b|<any>/m
  assert.deepEqual(
    files.filter(file => banned.test(readFileSync(file, 'utf8'))),
    [],
  )
})
