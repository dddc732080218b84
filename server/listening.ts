import type { Server } from 'node:net'

/** Begins to listen; returns the port, which a 0 leaves to the system. Where it is taken the error names the flag that chooses another. */
export async function listenAt(
  server: Server,
  { host, port, flag }: { readonly host: string; readonly port: number; readonly flag: string },
): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw error
    throw new Error(`the port is in use (${message}); choose another with ${flag}`, { cause: error })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
