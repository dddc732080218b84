import { chunkOf } from '../../storage/chunk-builder.ts'
import { assert } from '../../types/error.ts'
import { TIMESTAMPTZ } from '../../types/type.ts'
import type { OperatorKind } from '../contract.ts'
import { laterInZone } from '../functions/datetime.ts'
import { keptValues } from './kept-values.ts'

/** Times of one barrier: the rest comes at the next ones, so that an early start holds nobody up. */
const TIMES_MAX = 65_536

/** generate_series(start, now(), step): each time once, at the first barrier after it. State: the time that comes next. */
export const nowSeries: OperatorKind<'now-series'> = {
  kind: 'now-series',
  create({ start, step, zone }, context) {
    const next = keptValues(context, 'next', 'one', { name: 'time', type: TIMESTAMPTZ })
    const upcoming = (): bigint => (next.get(1) as bigint | undefined) ?? start
    return {
      tables: [next.table],
      push() {},
      barrier(emit) {
        const now = BigInt(context.now()) * 1000n
        const times: bigint[] = []
        let at = upcoming()
        while (at <= now && times.length < TIMES_MAX) {
          times.push(at)
          const later = laterInZone(at, step, zone)
          assert(later > at, 'now-series: the planner hands in a step that leads on')
          at = later
        }
        if (times.length === 0) return
        next.set(1, at)
        emit(
          chunkOf(
            [TIMESTAMPTZ],
            times.map(time => [time]),
          ),
        )
      },
      marks: () => [upcoming()],
    }
  },
}
