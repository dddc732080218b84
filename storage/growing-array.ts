type Numbers = Uint8Array | Int32Array | BigInt64Array | Float64Array

/** Arrays of more bytes grow fourfold when they must be copied: memory counts once it is touched, and copying touches it again. */
const LARGE = 1 << 20
/** Address space kept behind an array that grows in place, in multiples of its size: a byte is copied once in so many. */
const ROOM = 16

/** The next capacity of an array that must hold `needed` elements. */
export function nextCapacity(
  capacity: number,
  needed: number,
  elementBytes: number,
  inPlace: boolean,
): number {
  let next = capacity
  while (next < needed) next *= !inPlace && next * elementBytes >= LARGE ? 4 : 2
  return next
}

/**
 * An array of `length` elements that begins with those of `from`. `inPlace`: a large one is a longer view of the same
 * memory, a growable SharedArrayBuffer (ECMA-262, 25.2), which other threads may read while it grows; the collector does
 * not count such memory, so it is for what lives long.
 */
export function grownArray<A extends Numbers>(from: A, length: number, inPlace: boolean): A {
  const make = makerOf(from)
  const bytes = length * from.BYTES_PER_ELEMENT
  if (!inPlace || bytes < LARGE) return filled(new make(length), from)
  const { buffer } = from
  if (buffer instanceof SharedArrayBuffer && buffer.maxByteLength >= bytes) {
    buffer.grow(bytes)
    return new make(buffer, 0, length)
  }
  return filled(new make(reserved(bytes), 0, length), from)
}

/** An array as long as `like`, in memory of its own. */
export function blankArray<A extends Numbers>(like: A, inPlace: boolean): A {
  return grownArray(new (makerOf(like))(0), like.length, inPlace)
}

/** Whether other threads see the memory of the array. */
export function isShared(array: Numbers): boolean {
  return array.buffer instanceof SharedArrayBuffer
}

function makerOf<A extends Numbers>(
  array: A,
): new (
  buffer: ArrayBufferLike | number,
  offset?: number,
  length?: number,
) => A {
  return array.constructor as ReturnType<typeof makerOf<A>>
}

function reserved(bytes: number): ArrayBufferLike {
  try {
    return new SharedArrayBuffer(bytes, { maxByteLength: bytes * ROOM })
  } catch {
    // No address space to spare: it is copied when it grows.
    return new ArrayBuffer(bytes)
  }
}

function filled<A extends Numbers>(to: A, from: A): A {
  ;(to as Uint8Array).set(from as Uint8Array)
  return to
}
