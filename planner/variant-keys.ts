import { SqlError } from '../types/error.ts'
import { isIncomparable } from '../types/incomparable.ts'
import type { Schema, Type } from '../types/type.ts'
import { typeName } from '../types/type-names.ts'
import { inputs, type Plan, schemaOf } from './plan.ts'

/** Variants are not compared: 5 as int32 and as int64 are neither the same nor apart. Throws 0A000 where a plan would have to. */
export function refuseVariantKeys(plan: Plan): void {
  for (const [columns, schema, role] of comparedBy(plan))
    refuse(columns, schema, `should not be in the ${role}`)
  for (const input of inputs(plan)) refuseVariantKeys(input)
}

/** Throws 0A000 for a primary key or index key that holds a variant, 42704 for one with a json. */
export function refuseVariantsInKey(key: readonly number[], schema: Schema): void {
  refuseIncomparable(key, schema)
  refuse(key, schema, 'is part of the storage primary key')
}

/** Throws 42704 for a key or unique columns that are not compared. */
export function refuseIncomparable(key: readonly number[], schema: Schema): void {
  const found = key.map(i => schema[i]!.type).find(isIncomparable)
  if (found === undefined) return
  const message = `data type ${typeName(found)} has no default operator class for access method "btree"`
  throw new SqlError('undefined_object', message, {
    hint: 'You must specify an operator class for the index or define a default operator class for the data type.',
  })
}

function refuse(columns: readonly number[], schema: Schema, why: string): void {
  const found = columns.find(i => holdsVariant(schema[i]!.type))
  if (found === undefined) return
  const { name } = schema[found]!
  throw new SqlError('feature_not_supported', `VARIANT column "${name}" ${why}`)
}

function holdsVariant(type: Type): boolean {
  if (type.element !== undefined) return holdsVariant(type.element)
  return type.name === 'variant' || (type.fields?.some(field => holdsVariant(field.type)) ?? false)
}

type Compared = readonly [columns: readonly number[], schema: Schema, role: string]

function comparedBy(plan: Plan): readonly Compared[] {
  const all = (schema: Schema) => schema.map((_, i) => i)
  switch (plan.op) {
    case 'join':
      return [
        [plan.leftKeys, schemaOf(plan.left), 'join key'],
        [plan.rightKeys, schemaOf(plan.right), 'join key'],
      ]
    case 'aggregate': {
      const schema = schemaOf(plan.input)
      return [
        [plan.groups, schema, 'aggregation group key'],
        ...plan.calls.flatMap(({ args, distinct, order = [] }): Compared[] => [
          [distinct ? args : [], schema, 'distinct aggregation argument'],
          [order.map(by => by.column), schema, 'aggregation order key'],
        ]),
      ]
    }
    case 'top-n':
    case 'window':
      return [
        [plan.partition, schemaOf(plan.input), 'partition key'],
        [plan.order.map(by => by.column), schemaOf(plan.input), 'TopN order key'],
      ]
    case 'sort': {
      const role = plan.limit === undefined ? 'ORDER BY' : 'TopN order key'
      return [[plan.order.map(by => by.column), schemaOf(plan.input), role]]
    }
    case 'set-operation':
      return [[all(schemaOf(plan.left)), schemaOf(plan.left), 'aggregation group key']]
    default:
      return []
  }
}
