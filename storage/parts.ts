/** Bytes in one part or several. */
export type Body = Uint8Array | readonly Uint8Array[]

export function partsOf(body: Body): readonly Uint8Array[] {
  return body instanceof Uint8Array ? [body] : body
}

export function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

/** One part; a copy when there are several. */
export function joined(body: Body): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.concat(body)
}
