import type { ColumnDef, Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef } from '../../planner/constraint-def.ts'

/** A foreign key as CREATE TABLE has it, without its name; what is so without being said is not said. */
export function foreignKeyText(
  key: ForeignKeyDef,
  columns: readonly ColumnDef[],
  parent: Relation,
  nameOf: (name: string) => string,
  /** How the parent is called. */
  parentName = nameOf(parent.name),
): string {
  const list = (of: readonly ColumnDef[], at: readonly number[]) =>
    at.map(i => nameOf(of[i]!.name)).join(', ')
  const { onUpdate, onDelete, deleteSets, match, deferrable, notValid } = key
  const sets = deleteSets === undefined ? '' : ` (${list(columns, deleteSets)})`
  return [
    `FOREIGN KEY (${list(columns, key.columns)})`,
    `REFERENCES ${parentName}(${list(parent.columns, key.parentColumns)})`,
    ...(match === 'full' ? ['MATCH FULL'] : []),
    ...(onUpdate === 'no action' ? [] : [`ON UPDATE ${onUpdate.toUpperCase()}`]),
    ...(onDelete === 'no action' ? [] : [`ON DELETE ${onDelete.toUpperCase()}${sets}`]),
    ...(deferrable === undefined ? [] : ['DEFERRABLE']),
    ...(deferrable === 'deferred' ? ['INITIALLY DEFERRED'] : []),
    ...(notValid ? ['NOT VALID'] : []),
  ].join(' ')
}
