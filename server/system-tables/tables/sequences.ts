import type { Relation } from '../../../planner/catalog.ts'
import type { SequenceDef } from '../../../planner/sequence-def.ts'
import { typeName } from '../../../types/type-names.ts'
import { oidOf } from '../../protocol/oids.ts'
import { numberOf } from '../../sequences.ts'
import { type Facts, fill, type Row } from '../registry.ts'

function rows(
  facts: Facts,
  row: (relation: Relation, def: SequenceDef) => Row,
  isShown: (def: SequenceDef) => boolean = () => true,
): readonly Row[] {
  return facts.catalog.relations.flatMap(relation =>
    relation.database === facts.database && relation.sequence !== undefined && isShown(relation.sequence)
      ? [row(relation, relation.sequence)]
      : [],
  )
}

fill('pg_catalog.pg_sequence', facts =>
  rows(facts, (relation, def) => ({
    seqrelid: relation.id,
    seqtypid: oidOf({ name: def.type }),
    seqstart: def.start,
    seqincrement: def.increment,
    seqmax: def.max,
    seqmin: def.min,
    seqcache: 1n,
    seqcycle: def.cycle,
  })),
)

fill(
  'pg_catalog.pg_sequences',
  facts =>
    rows(facts, (relation, def) => {
      const { last, called } = numberOf(facts.session.catalogs, relation)
      return {
        schemaname: relation.schema,
        sequencename: relation.name,
        sequenceowner: relation.owner,
        data_type: oidOf({ name: def.type }),
        start_value: def.start,
        min_value: def.min,
        max_value: def.max,
        increment_by: def.increment,
        cycle: def.cycle,
        cache_size: 1n,
        last_value: called ? last : null,
      }
    }),
  true,
)

const BITS = { int2: 16, int4: 32, int8: 64 }

/** Those of identity columns are part of their tables. */
function isNumbering({ catalog }: Facts, { ownedBy }: SequenceDef): boolean {
  return ownedBy !== undefined && catalog.byId(ownedBy.table)?.columns[ownedBy.column]?.identity !== undefined
}

fill('information_schema.sequences', facts => rows(facts, informationRow, def => !isNumbering(facts, def)))

function informationRow(relation: Relation, def: SequenceDef): Row {
  return {
    sequence_catalog: relation.database,
    sequence_schema: relation.schema,
    sequence_name: relation.name,
    data_type: typeName({ name: def.type }),
    numeric_precision: BITS[def.type],
    numeric_precision_radix: 2,
    numeric_scale: 0,
    start_value: String(def.start),
    minimum_value: String(def.min),
    maximum_value: String(def.max),
    increment: String(def.increment),
    cycle_option: def.cycle ? 'YES' : 'NO',
  }
}
