import { setFlagsFromString } from 'node:v8'

/**
 * V8 starts a full collection for every 64 MiB of new buffers, however many live on; a server whose rows are buffers collected
 * ten times a second. With this flag buffers count into the limit that grows with the heap. For every thread of the process.
 */
export function tuneCollector(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
