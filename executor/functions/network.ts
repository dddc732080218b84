import { isIPv4 } from 'node:net'
import { SqlError } from '../../types/error.ts'
import { fn } from './registry.ts'

fn('inet_aton(text) -> int8', {
  help: 'number of an IPv4 address',
  call: (text: string) => {
    if (!isIPv4(text)) throw new SqlError('invalid_parameter_value', `Invalid IP address: ${text}`)
    return text.split('.').reduce((number, part) => number * 256n + BigInt(part), 0n)
  },
})
fn('inet_ntoa(int8) -> text', {
  help: 'IPv4 address of a number',
  call: (number: bigint) => {
    if (number < 0n || number > 0xffffffffn)
      throw new SqlError('invalid_parameter_value', `Invalid IP number: ${number}`)
    return [24n, 16n, 8n, 0n].map(shift => String((number >> shift) & 255n)).join('.')
  },
})
fn('to_ascii(text) -> text', {
  help: 'letters without their accents, other characters beyond ASCII left out',
  call: (text: string) => text.normalize('NFD').replace(/[^\x00-\x7f]/g, ''),
})
