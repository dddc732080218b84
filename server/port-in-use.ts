/** What listening came to; where the port is taken the error names the flag that chooses another. */
export async function listening<L>(flag: '--port' | '--http-port', started: Promise<L>): Promise<L> {
  try {
    return await started
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw error
    throw new Error(`the port is in use (${message}); choose another with ${flag}`, { cause: error })
  }
}
