/** JSON for specs and catalogs that hold bigint and bytes: `{"$n": "123"}` and `{"$b": "base64"}`. Round trip is exact. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) => {
    if (typeof v === 'bigint') return { $n: v.toString() }
    if (v instanceof Uint8Array) return { $b: Buffer.from(v).toString('base64') }
    if (typeof v === 'number' && !Number.isFinite(v)) return { $f: String(v) }
    if (Object.is(v, -0)) return { $f: '-0' }
    // Buffer.toJSON runs before the replacer sees the value.
    if (isBufferJson(v)) return { $b: Buffer.from(v.data).toString('base64') }
    return v
  })
}

export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, v: unknown) => {
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return v
    const tagged = v as { $n?: unknown; $b?: unknown; $f?: unknown }
    if (typeof tagged.$n === 'string') return BigInt(tagged.$n)
    if (typeof tagged.$b === 'string') return new Uint8Array(Buffer.from(tagged.$b, 'base64'))
    if (typeof tagged.$f === 'string') return Number(tagged.$f)
    return v
  })
}

function isBufferJson(v: unknown): v is { data: number[] } {
  return (
    typeof v === 'object' &&
    v !== null &&
    (v as { type?: unknown }).type === 'Buffer' &&
    Array.isArray((v as { data?: unknown }).data)
  )
}
