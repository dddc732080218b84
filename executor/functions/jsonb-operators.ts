import { fn, functionsLike } from './registry.ts'

/** The functions behind the operators of jsonb, by PostgreSQL's names and RisingWave's. */
const NAMES: readonly (readonly [string, string])[] = [
  ['jsonb_object_field(jsonb, text) -> jsonb', '->(jsonb, text) -> jsonb'],
  ['jsonb_object_field_text(jsonb, text) -> text', '->>(jsonb, text) -> text'],
  ['jsonb_array_element(jsonb, int4) -> jsonb', '->(jsonb, int4) -> jsonb'],
  ['jsonb_array_element_text(jsonb, int4) -> text', '->>(jsonb, int4) -> text'],
  ['jsonb_contains(jsonb, jsonb) -> bool', '@>(jsonb, jsonb) -> bool'],
  ['jsonb_contained(jsonb, jsonb) -> bool', '<@(jsonb, jsonb) -> bool'],
  ['jsonb_exists(jsonb, text) -> bool', '?(jsonb, text) -> bool'],
  ['jsonb_exists_any(jsonb, text[]) -> bool', '?|(jsonb, text[]) -> bool'],
  ['jsonb_exists_all(jsonb, text[]) -> bool', '?&(jsonb, text[]) -> bool'],
  ['jsonb_concat(jsonb, jsonb) -> jsonb', '||(jsonb, jsonb) -> jsonb'],
  ['jsonb_delete(jsonb, text) -> jsonb', '-(jsonb, text) -> jsonb'],
  ['jsonb_delete(jsonb, text[]) -> jsonb', '-(jsonb, text[]) -> jsonb'],
  ['jsonb_delete(jsonb, int4) -> jsonb', '-(jsonb, int4) -> jsonb'],
]

for (const [signature, operator] of NAMES)
  for (const { help, call, dialect } of functionsLike(operator))
    fn(signature, { help, ...(call && { call }), ...(dialect && { dialect }) })
