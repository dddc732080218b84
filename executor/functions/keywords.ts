import { KEYWORDS } from '../../types/keywords.ts'
import { fn } from './registry.ts'

const MEANINGS = {
  U: 'unreserved',
  C: 'unreserved (cannot be function or type name)',
  T: 'reserved (can be function or type name)',
  R: 'reserved',
} as const

type Row = readonly [string, string, boolean, string, string]

function keywords(): readonly Row[] {
  const rows: Row[] = []
  for (const code of ['U', 'C', 'T', 'R'] as const)
    KEYWORDS[code].split('|').forEach((words, i) => {
      const label = i === 0 ? 'can be bare label' : 'requires AS'
      for (const word of words.trim().split(/\s+/)) rows.push([word, code, i === 0, MEANINGS[code], label])
    })
  return rows.sort(([a], [b]) => (a < b ? -1 : 1))
}

fn(
  'pg_get_keywords() -> setof struct<word text, catcode text, barelabel bool, catdesc text, baredesc text>',
  {
    help: 'words of the SQL grammar, as drivers ask for them',
    rows: keywords,
  },
)
