import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ELSEWHERE, POINTS } from './points.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test('every crash point in the code is in the list of the crash test, and none besides', () => {
  const found = new Set<string>()
  for (const file of globSync('{connectors,executor,planner,server,storage}/**/*.ts', { cwd: ROOT })) {
    if (file.endsWith('.test.ts')) continue
    for (const [, id] of readFileSync(join(ROOT, file), 'utf8').matchAll(/crashPoint\('([^']+)'\)/g))
      found.add(id!)
  }
  assert.deepEqual([...found].sort(), POINTS.map(({ id }) => id).sort())
})

test('every crash point of the list, C01 to C36, is in the code or has its reason', () => {
  const known = [...POINTS.map(({ id }) => id), ...Object.keys(ELSEWHERE)]
  assert.deepEqual(
    known.sort(),
    Array.from({ length: 36 }, (_, i) => `C${String(i + 1).padStart(2, '0')}`),
  )
})
