import type { Cursor } from './cursor.ts'
import type { PlaceAction } from './statement.ts'

/** RENAME TO, OWNER TO, SET SCHEMA; undefined: something else. */
export function placeAction(c: Cursor): PlaceAction | undefined {
  if (c.accept('rename', 'to')) return { do: 'rename', to: c.identifier() }
  if (c.accept('owner', 'to')) return { do: 'owner', to: c.identifier() }
  if (c.accept('set', 'schema')) return { do: 'set schema', schema: c.identifier() }
  return undefined
}
