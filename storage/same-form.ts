import type { Bytes, Column } from '../types/chunk.ts'
import { compareTexts } from '../types/compare.ts'
import type { Type } from '../types/type.ts'
import type { Decimal, Interval, Value } from '../types/value.ts'
import { cellValue } from './column-buffer.ts'
import { equalBytes } from './compare-cells.ts'

/** True when equal values of the type may look different: 0 and -0, 1.0 and 1.00, 1 mon and 30 days. */
export function hasForms(type: Type): boolean {
  switch (type.name) {
    case 'float4':
    case 'float8':
    case 'numeric':
    case 'interval':
    case 'jsonb':
      return true
    case 'array':
    case 'map':
      return hasForms(type.element!)
    case 'struct':
      return type.fields!.some(field => hasForms(field.type))
    default:
      return false
  }
}

/** Order of the forms of two equal values; 0: the same form. */
export function compareForms(type: Type, a: Value, b: Value): number {
  if (a === null || b === null) return 0
  switch (type.name) {
    case 'float4':
    case 'float8':
      return a !== 0 || Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1
    case 'numeric':
      return (a as Decimal).scale - (b as Decimal).scale
    case 'interval':
      return compareIntervalForms(a as Interval, b as Interval)
    case 'jsonb':
      return compareTexts(a as string, b as string)
    case 'array':
    case 'map':
    case 'struct':
      return compareListForms(type, a as readonly Value[], b as readonly Value[])
    default:
      return 0
  }
}

/** Order of the forms of two equal cells of one type. */
export function compareCellForms(a: Column, i: number, b: Column, j: number): number {
  if (a.nulls !== null && a.nulls[i] === 1) return 0
  if (a.type.name === 'jsonb')
    return equalBytes(a.data as Bytes, i, b.data as Bytes, j)
      ? 0
      : compareForms(a.type, cellValue(a, i), cellValue(b, j))
  return compareForms(a.type, (a.data as Value[])[i]!, (b.data as Value[])[j]!)
}

/** Compares the forms of equal rows of columns that may grow. */
export function orderOfForms(columns: readonly Column[]): (a: number, b: number) => number {
  const formed = columns.filter(column => hasForms(column.type))
  return (a, b) => {
    for (const column of formed) {
      const sign = compareCellForms(column, a, column, b)
      if (sign !== 0) return sign
    }
    return 0
  }
}

function compareIntervalForms(a: Interval, b: Interval): number {
  return a.months - b.months || a.days - b.days
}

function compareListForms(type: Type, a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareForms(type.element ?? type.fields![i]!.type, a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return 0
}
