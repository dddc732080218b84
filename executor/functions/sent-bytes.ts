import type { Type, TypeName } from '../../types/type.ts'
import { fn } from './registry.ts'

/** What PostgreSQL's binary format has of a number. */
const SENDS: Readonly<Partial<Record<TypeName, (bytes: DataView, value: never) => void>>> = {
  float4: (bytes, value: number) => bytes.setFloat32(0, value),
  float8: (bytes, value: number) => bytes.setFloat64(0, value),
}
const SIZES: Readonly<Record<string, number>> = { '4': 4, '8': 8 }

for (const [name, write] of Object.entries(SENDS) as [Type['name'], (b: DataView, v: never) => void][])
  fn(`${name}send(${name}) -> bytea`, {
    help: 'bytes of the binary format',
    call: (value: never) => {
      const bytes = new Uint8Array(SIZES[name.at(-1)!]!)
      write(new DataView(bytes.buffer), value)
      return bytes
    },
  })
