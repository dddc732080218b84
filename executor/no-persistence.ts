import { applyEdit, emptyVersion } from '../storage/version.ts'
import { assert } from '../types/error.ts'
import type { Persistence } from './persistence.ts'

/** Keeps nothing: epochs become visible and are gone with the process. For measuring what durability costs. */
export function noPersistence(): Persistence {
  let version = emptyVersion('none')
  return {
    open: async () => ({
      get version() {
        return version
      },
      async append(edit) {
        assert(edit.added.length === 0, 'nothing is uploaded')
        version = applyEdit(version, edit, version.sequence + 1, 'none')
      },
      owned: async () => true,
      collectGarbage: async () => 0,
    }),
    upload: async () => undefined,
    load: async () => {},
    compact: async () => undefined,
  }
}
