/** The work's result; `tick` runs every so often until it is there, one at a time. What a tick throws ends the ticks only. */
export async function whileRunning<T>(
  work: Promise<T>,
  everyMs: number,
  tick: () => void | Promise<void>,
): Promise<T> {
  let ticking: Promise<void> | undefined
  const timer = setInterval(() => {
    ticking ??= Promise.resolve()
      .then(tick)
      .then(
        () => {
          ticking = undefined
        },
        () => clearInterval(timer),
      )
  }, everyMs)
  try {
    return await work
  } finally {
    clearInterval(timer)
    await ticking
  }
}
