import { randomUUID } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

fn('gen_random_uuid() -> uuid', {
  help: 'new random identifier',
  volatility: 'volatile',
  call: () => randomUUID(),
})
fn('proctime() -> timestamptz', {
  help: 'when the row is made, in a generated column of a table or source',
  volatility: 'volatile',
  call: () => BigInt(Date.now()) * 1000n,
})
fn('$clock_timestamp() -> timestamptz', {
  help: 'what time it is while the row is made',
  volatility: 'volatile',
  call: () => BigInt(Date.now()) * 1000n,
})
fn('num_nulls(any, ...any) -> int4', {
  help: 'number of NULLs among the arguments',
  strict: false,
  call: (...all: Value[]) => all.filter(value => value === null).length,
})
fn('num_nonnulls(any, ...any) -> int4', {
  help: 'number of arguments that are not NULL',
  strict: false,
  call: (...all: Value[]) => all.filter(value => value !== null).length,
})
fn('crc32(bytea) -> int8', { help: 'CRC-32 checksum', call: (a: Uint8Array) => BigInt(crc32(a)) })
fn('bit_count(bytea) -> int8', {
  help: 'number of bits that are 1',
  call: (a: Uint8Array) => {
    let count = 0
    for (const byte of a) for (let rest = byte; rest > 0; rest &= rest - 1) count++
    return BigInt(count)
  },
})

const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  bytes: 1n,
  b: 1n,
  kb: 1n << 10n,
  mb: 1n << 20n,
  gb: 1n << 30n,
  tb: 1n << 40n,
  pb: 1n << 50n,
}
fn('pg_size_bytes(text) -> int8', {
  help: 'bytes of a size with a unit',
  call: (text: string) => {
    const match = /^\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)\s*(.*?)\s*$/i.exec(text)
    if (match === null) throw new SqlError('invalid_parameter_value', `invalid size: "${text}"`)
    const unit = UNITS[match[2]!.toLowerCase()]
    if (unit === undefined)
      throw new SqlError('invalid_parameter_value', `invalid size: "${text}"`, {
        detail: `Invalid size unit: "${match[2]}".`,
        hint: 'Valid units are "bytes", "B", "kB", "MB", "GB", "TB", and "PB".',
      })
    return BigInt(Math.round(Number(match[1]) * Number(unit)))
  },
})
