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

  constructor(socket: Socket, frames: FrameReader, onGone: () => void) {
    this.#socket = socket
    this.#frames = frames
    const gone = () => {
      if (this.#gone) return
      this.#gone = true
      onGone()
      this.#wake?.()
    }
    socket.on('data', bytes => {
      frames.push(bytes as Buffer)
      if (this.#wake !== undefined) this.#wake()
      else if (frames.size > WAITING_BYTES_MAX) socket.pause()
    })
    socket.on('end', gone)
    socket.on('close', gone)
    socket.on('error', gone)
  }

  /** undefined: the client is gone. Throws 08P01 for a length that no client means. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.atHand()
      if (frame !== undefined) return frame
      if (this.#gone) return undefined
      this.#socket.resume()
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }

  /** The next message when all of it has come. */
  atHand(): Frame | undefined {
    return this.#frames.next()
  }
}
