import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { EpochStats, Version } from './contract.ts'
import { Metadata } from './metadata.ts'
import { emptyVersion } from './version.ts'

const dir = mkdtempSync(join(tmpdir(), 'weir-metadata-'))
after(() => rmSync(dir, { recursive: true, force: true }))

test('what was committed is there after a restart, the objects of the last version only', () => {
  const path = join(dir, 'a', 'meta.sqlite')
  const first = open(path)
  first.recovered(version(0, []))
  first.committed(stats(1), version(1, ['x']))
  first.committed(stats(2), version(2, ['y', 'z']))
  first.close()
  const second = open(path)
  second.recovered(version(2, ['y', 'z']))
  assert.deepEqual(
    second.epochs().map(({ epoch }) => epoch),
    [1, 2],
  )
  assert.deepEqual(
    second.objects().map(({ key, tables }) => [key, tables]),
    [
      ['y', { '1/0/rows': 3 }],
      ['z', { '1/0/rows': 3 }],
    ],
  )
  second.close()
})

test('a damaged file, and one of another bucket, is made anew', () => {
  const path = join(dir, 'b.sqlite')
  writeFileSync(path, 'this is no database, however long the text may be')
  const first = open(path)
  first.recovered(version(1, ['x']))
  first.committed(stats(2), version(2, ['x']))
  assert.equal(first.epochs().length, 1)
  first.close()
  const other = open(path)
  other.recovered({ ...version(7, []), bucketId: 'another' })
  assert.deepEqual([other.epochs(), other.objects()], [[], []])
  other.close()
})

test('a file damaged while open stops nobody and is made anew', () => {
  const path = join(dir, 'c.sqlite')
  const warnings: string[] = []
  const metadata = new Metadata(path, warning => warnings.push(warning))
  metadata.recovered(version(1, ['x']))
  metadata.close()
  writeFileSync(path, Buffer.alloc(8192, 7))
  metadata.committed(stats(2), version(2, ['x', 'y']))
  metadata.committed(stats(3), version(3, ['x', 'y']))
  assert.equal(metadata.objects().length, 2)
  metadata.close()
  writeFileSync(join(dir, 'file'), '')
  const nowhere = new Metadata(join(dir, 'file', 'd.sqlite'), warning => warnings.push(warning))
  nowhere.recovered(version(1, []))
  assert.match(warnings.at(-1)!, /metadata in .*d\.sqlite/)
})

function open(path: string): Metadata {
  return new Metadata(path, warning => assert.fail(warning))
}

function version(epoch: number, keys: readonly string[]): Version {
  const objects = keys.map(key => ({ key, size: 10, tables: { '1/0/rows': 3 }, from: epoch, to: epoch }))
  return { ...emptyVersion('bucket'), sequence: epoch + 1, epoch, objects, offsets: { 3: { p0: '17' } } }
}

function stats(epoch: number): EpochStats {
  return { epoch, atMs: 1e12 + epoch, barrierMs: 2, sealMs: 1, uploadMs: 1, rows: 3, bytes: 10 }
}
