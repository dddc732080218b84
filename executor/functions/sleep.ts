import type { Interval, Value } from '../../types/value.ts'
import { askForSleep } from '../sleep.ts'
import { fn } from './registry.ts'

const DAY_SECONDS = 86_400

fn('pg_sleep(float8) -> text', {
  help: 'waits so many seconds',
  volatility: 'volatile',
  call: (seconds: number): Value => {
    askForSleep(seconds)
    return ''
  },
})
fn('pg_sleep_for(interval) -> text', {
  help: 'waits so long',
  volatility: 'volatile',
  call: ({ months, days, micros }: Interval): Value => {
    askForSleep((months * 30 + days) * DAY_SECONDS + Number(micros) / 1e6)
    return ''
  },
})
fn('pg_sleep_until(timestamptz) -> text', {
  help: 'waits until then',
  volatility: 'volatile',
  call: (until: bigint): Value => {
    askForSleep(Number(until) / 1e6 - Date.now() / 1000)
    return ''
  },
})
