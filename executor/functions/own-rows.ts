import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

/** What a transaction block has changed of a table (planner/contract.ts). */
interface Touched {
  isTouched(key: readonly Value[]): boolean
}

fn('$untouched(int4, any, ...any) -> bool', {
  help: 'whether the row with that key is as others see it, by what a transaction block has changed',
  strict: false,
  call: ((own: Touched, ...key: Value[]) => !own.isTouched(key)) as never,
})
