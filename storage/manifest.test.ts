import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { decodeManifest, encodeManifest, manifestKey } from './manifest.ts'

const MANIFEST = {
  sequence: 7,
  generation: 'g',
  bucketId: 'b',
  edit: { epoch: 3, added: [], removed: [] },
}

test('a manifest of the format before is read, one of a later format is not', () => {
  const key = manifestKey(7)
  assert.equal(decodeManifest(ofFormat(2), key).edit.epoch, 3)
  assert.equal(decodeManifest(encodeManifest(MANIFEST), key).format, 3)
  assert.throws(() => decodeManifest(ofFormat(4), key), /has format 4, not 3/)
})

function ofFormat(format: number): Uint8Array {
  const text = JSON.stringify({ format, ...MANIFEST })
  return Buffer.from(`{"crc":"${crc32(text).toString(16).padStart(8, '0')}","manifest":${text}}`)
}
