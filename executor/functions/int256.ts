import { SqlError } from '../../types/error.ts'
import { checkInt256, int256Of } from '../../types/int256.ts'
import { fn } from './registry.ts'

const nonZero = (value: bigint): bigint => {
  if (value !== 0n) return value
  throw new SqlError('division_by_zero', 'division by zero')
}

fn('+(int256, int256) -> int256', { help: 'sum', call: (a: bigint, b: bigint) => checkInt256(a + b) })
fn('-(int256, int256) -> int256', { help: 'difference', call: (a: bigint, b: bigint) => checkInt256(a - b) })
fn('*(int256, int256) -> int256', { help: 'product', call: (a: bigint, b: bigint) => checkInt256(a * b) })
fn('/(int256, int256) -> int256', {
  help: 'quotient, cut towards zero',
  call: (a: bigint, b: bigint) => checkInt256(a / nonZero(b)),
})
for (const name of ['%', 'mod'])
  fn(`${name}(int256, int256) -> int256`, {
    help: 'remainder',
    call: (a: bigint, b: bigint) => a % nonZero(b),
  })
fn('-(int256) -> int256', { help: 'negation', call: (a: bigint) => checkInt256(-a) })
fn('+(int256) -> int256', { help: 'itself', call: (a: bigint) => a })
fn('abs(int256) -> int256', {
  help: 'absolute value',
  call: (a: bigint) => checkInt256(a < 0n ? -a : a),
})
fn('hex_to_int256(text) -> int256', {
  help: 'number of the hexadecimal digits of up to 32 bytes, two’s complement',
  call: (text: string) => {
    const digits = /^(?:0x)?([0-9a-f]{1,64})$/i.exec(text.trim())
    if (digits !== null) return int256Of(Buffer.from(digits[1]!.padStart(64, '0'), 'hex'))
    throw new SqlError('invalid_text_representation', `invalid input syntax for type rw_int256: "${text}"`)
  },
})
