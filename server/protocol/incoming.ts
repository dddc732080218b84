import type { Socket } from 'node:net'
import type { Frame, FrameReader } from './frames.ts'

/** So much may wait while a statement runs; then the client is read no further. */
const WAITING_BYTES_MAX = 1 << 20

/** The messages of one client, read ahead a little so that its going away is seen while a statement runs. */
export class Incoming {
  readonly #socket: Socket
  readonly #frames: FrameReader
  #gone = false
  #wake: (() => void) | undefined
  readonly #detach: () => void

  constructor(socket: Socket, frames: FrameReader, onGone: () => void) {
    this.#socket = socket
    this.#frames = frames
    const gone = () => {
      if (this.#gone) return
      this.#gone = true
      onGone()
      this.#wake?.()
    }
    const data = (bytes: Buffer) => {
      frames.push(bytes)
      if (this.#wake !== undefined) this.#wake()
      else if (frames.size > WAITING_BYTES_MAX) socket.pause()
    }
    socket.on('data', data)
    socket.on('end', gone)
    socket.on('close', gone)
    socket.on('error', gone)
    this.#detach = () => {
      socket.pause()
      socket.off('data', data)
      socket.off('end', gone)
      socket.off('close', gone)
      // Its errors still need somebody who hears them.
    }
  }

  /** Another reads from the socket from now on. */
  detach(): void {
    this.#detach()
  }

  /** What has come so far, at least a byte; undefined: the client is gone. */
  async begun(): Promise<number | undefined> {
    while (this.#frames.size === 0) if (!(await this.#more())) return undefined
    return this.#frames.firstByte
  }

  /** undefined: the client is gone. Throws 08P01 for a length that no client means. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.atHand()
      if (frame !== undefined) return frame
      if (!(await this.#more())) return undefined
    }
  }

  /** Waits for bytes; false: there will be none. */
  async #more(): Promise<boolean> {
    if (this.#gone) return false
    this.#socket.resume()
    await new Promise<void>(resolve => {
      this.#wake = resolve
    })
    this.#wake = undefined
    return true
  }

  /** The next message when all of it has come. */
  atHand(): Frame | undefined {
    return this.#frames.next()
  }
}
