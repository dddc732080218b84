/**
 * Where PostgreSQL and RisingWave answer the same statement differently, the setting sql_dialect decides. A difference is either a point of
 * the list below, which code asks for by name; or a variant of a function or aggregate in its registry (`dialect: 'risingwave'`), which
 * binding picks; or a matter of how values are read, written and cast, which goes along with the time style. Nothing else compares names of dialects.
 */
export type DialectName = 'postgresql' | 'risingwave'

export const DIALECT_NAMES: readonly DialectName[] = ['postgresql', 'risingwave']

/** What RisingWave does and PostgreSQL does not, each in a line for the documentation. */
export const DIALECT_POINTS = {
  nullsInKeys: 'columns of a primary key may be NULL, and NULLs are alike in it',
  keysStay: 'an UPDATE that sets a column of the primary key is refused',
  charIsText: 'a cast to char(n) changes nothing: blanks count',
  longFloats:
    'floats are written without an exponent from 0.00001 up to 1e16, reals from 0.000001 up to 1e13',
  wholeOffsets: 'offsets from UTC are written in hours and minutes',
  namedZones: 'the time zone of a session has a name, it is no offset',
  textWithoutLength: 'varchar has no length: varchar(n) is refused',
  closedLambdas: 'the body of a lambda reads its variables, not columns',
  namesAllColumns: 'the list of names behind a view names all of its columns',
  exactReturns: 'a function in SQL returns what its query yields, without a conversion',
  tablesAlone: 'GRANT … ON ALL TABLES and default privileges ON TABLES are about tables only',
  allPrivileges: 'has_table_privilege() and its kin ask for all of several privileges',
  fractionsOfThree: 'fractions of a second in times are written with 3 or 6 digits',
  strictDates: 'a date is read from YYYY-MM-DD only',
  fixedDimensions: 'int[] and int[][] are two types, and a cast does not change the dimensions of an array',
  constantFractions: 'the fraction of a percentile is one constant',
  selectsSomething: 'a SELECT without a select list is refused',
  addsPlainColumns: 'ALTER TABLE adds no generated columns and no column that is a key',
  olderVersion: 'version() and server_version tell of PostgreSQL 13.14',
  membersByName: 'members of a jsonb object are shown in the order of their names',
  justifiedGroupKeys: 'intervals of groups and distinct rows have days below 30 and hours below 24',
  shortGroupKeys: 'numerics of groups and distinct rows have no zeros at the end of their fractions',
} as const satisfies Readonly<Record<string, string>>

export type SqlDialect = { readonly name: DialectName } & Readonly<
  Record<keyof typeof DIALECT_POINTS, boolean>
>

/** The dialect of that name; '': the default. */
export function sqlDialect(name: string): SqlDialect {
  return DIALECTS[name === 'risingwave' ? 'risingwave' : 'postgresql']
}

const DIALECTS = {
  postgresql: dialect('postgresql'),
  risingwave: dialect('risingwave'),
}

function dialect(name: DialectName): SqlDialect {
  const points = Object.keys(DIALECT_POINTS).map(point => [point, name === 'risingwave'])
  return { name, ...Object.fromEntries(points) }
}
