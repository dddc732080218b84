import type { Relation } from '../../../planner/catalog.ts'
import { uniquesOf } from '../../../planner/constraint-def.ts'
import { checkClause, constraintObjects, domainConstraints, type ForeignKey } from '../constraints.ts'
import { fill, type Row } from '../registry.ts'

const CONSTRAINT_TYPES = { p: 'PRIMARY KEY', c: 'CHECK', u: 'UNIQUE', f: 'FOREIGN KEY' }

fill('information_schema.table_constraints', facts =>
  constraintObjects(facts.catalog, facts.database).map(({ on, name, type, nullsNotDistinct, foreign }) => ({
    ...constraint(facts.database, on.schema, name),
    table_catalog: facts.database,
    table_schema: on.schema,
    table_name: on.name,
    constraint_type: CONSTRAINT_TYPES[type],
    is_deferrable: foreign?.key.deferrable === undefined ? 'NO' : 'YES',
    initially_deferred: foreign?.key.deferrable === 'deferred' ? 'YES' : 'NO',
    enforced: 'YES',
    nulls_distinct: type !== 'u' ? null : nullsNotDistinct ? 'NO' : 'YES',
  })),
)

fill('information_schema.key_column_usage', ({ catalog, database }) =>
  constraintObjects(catalog, database).flatMap(({ on, name, type, columns, foreign }) =>
    type === 'c'
      ? []
      : columns.map((position, i) => ({
          ...constrainedColumn(database, on.schema, name, on, position),
          ordinal_position: i + 1,
          ...(foreign && { position_in_unique_constraint: placeInUnique(foreign, i) }),
        })),
  ),
)

/** Of a foreign key's column: the place of the one that it refers to. */
function placeInUnique({ key, parent }: ForeignKey, at: number): number {
  const unique = uniquesOf(parent).find(({ id }) => id === key.unique)?.columns ?? parent.key
  return unique.indexOf(key.parentColumns[at]!) + 1
}

fill('information_schema.constraint_column_usage', ({ catalog, database }) =>
  constraintObjects(catalog, database).flatMap(({ on, name, columns, foreign }) => {
    const of = foreign?.parent ?? on
    const positions = foreign?.key.parentColumns ?? columns
    return positions.map(position => constrainedColumn(database, on.schema, name, of, position))
  }),
)

function constrainedColumn(
  database: string,
  schemaName: string,
  name: string,
  on: Relation,
  position: number,
): Row {
  return {
    ...constraint(database, schemaName, name),
    table_catalog: database,
    table_schema: on.schema,
    table_name: on.name,
    column_name: on.columns[position]!.name,
  }
}

fill('information_schema.referential_constraints', ({ catalog, database }) =>
  constraintObjects(catalog, database).flatMap(({ on, name, foreign }) => {
    if (foreign === undefined) return []
    const { key, parent, unique } = foreign
    return [
      {
        ...constraint(database, on.schema, name),
        ...(unique !== undefined && {
          unique_constraint_catalog: database,
          unique_constraint_schema: parent.schema,
          unique_constraint_name: unique,
        }),
        match_option: key.match === 'full' ? 'FULL' : 'NONE',
        update_rule: key.onUpdate.toUpperCase(),
        delete_rule: key.onDelete.toUpperCase(),
      },
    ]
  }),
)

fill('information_schema.check_constraints', facts =>
  [...constraintObjects(facts.catalog, facts.database), ...domainConstraints(facts.catalog, facts.database)]
    .filter(({ type }) => type === 'c')
    .map(found => ({
      ...constraint(facts.database, found.on.schema, found.name),
      check_clause: checkClause(found, false),
    })),
)

/** What names a constraint. */
export function constraint(database: string, schemaName: string, name: string): Row {
  return { constraint_catalog: database, constraint_schema: schemaName, constraint_name: name }
}
