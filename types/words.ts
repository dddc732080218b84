/** Low and high 32-bit words of the elements, in turn: a bigint made for each element would cost more than the work. */
export function wordsOf({ buffer, byteOffset, length }: BigInt64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2)
}
