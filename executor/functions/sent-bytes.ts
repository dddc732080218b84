import { fn } from './registry.ts'

fn('float4send(float4) -> bytea', {
  help: 'bytes of the binary format',
  call: (value: number) => bytesOf(4, bytes => bytes.setFloat32(0, value)),
})
fn('float8send(float8) -> bytea', {
  help: 'bytes of the binary format',
  call: (value: number) => bytesOf(8, bytes => bytes.setFloat64(0, value)),
})

function bytesOf(size: number, write: (bytes: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}
