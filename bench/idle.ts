import { sleep } from './connect.ts'
import { usageOf } from './measure.ts'
import { withFolder, withServer } from './server-process.ts'
import { megabytes, printTable } from './table.ts'

const SETTLE_MS = 3000
const WATCH_MS = 15_000

/** An idle server: memory and share of a core. */
export function reportIdle(): Promise<void> {
  return withFolder(folder =>
    withServer(folder, [], async server => {
      await sleep(SETTLE_MS)
      const before = usageOf(server.pid)
      await sleep(WATCH_MS)
      const after = usageOf(server.pid)
      const share = ((after.cpuSeconds - before.cpuSeconds) * 1000) / WATCH_MS
      printTable(
        ['idle server', 'resident', 'mark 150 MB', 'core', 'mark 1 %', 'ready'],
        [
          [
            '',
            megabytes(after.rssBytes),
            after.rssBytes < 150 * 1048576 ? 'met' : 'missed',
            `${(share * 100).toFixed(2)} %`,
            share < 0.01 ? 'met' : 'missed',
            `${(server.readyMs / 1000).toFixed(2)} s`,
          ],
        ],
      )
    }),
  )
}
