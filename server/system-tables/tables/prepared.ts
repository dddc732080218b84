import { oidOf } from '../../protocol/oids.ts'
import { fill } from '../registry.ts'

// Of the asking session only, as in PostgreSQL.
fill(
  'pg_catalog.pg_cursors',
  ({ session }) =>
    session.cursors().map(({ name, text, hold, binary, scrollable }) => ({
      name,
      statement: text,
      is_holdable: hold,
      is_binary: binary,
      is_scrollable: scrollable,
    })),
  true,
)

fill(
  'pg_catalog.pg_prepared_statements',
  ({ session }) =>
    session.prepared().map(({ name, text, parameters }) => ({
      name,
      statement: text,
      parameter_types: parameters.map(oidOf),
    })),
  true,
)
