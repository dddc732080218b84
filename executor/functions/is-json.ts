import { SqlError } from '../../types/error.ts'
import { elementsOf, kindOfJson, membersOf } from '../../types/json-parts.ts'
import { checkJson } from '../../types/json-syntax.ts'
import { fn } from './registry.ts'

for (const parameters of ['text', 'text, text', 'text, text, bool'])
  fn(`is_json(${parameters}) -> bool`, {
    help: 'whether it is a JSON document, of that kind (VALUE, OBJECT, ARRAY or SCALAR), and no object in it has a name twice',
    call: (text: string, kind = 'VALUE', unique = false) => {
      try {
        checkJson(text)
        return isOfKind(text, kind.toUpperCase()) && (!unique || hasUniqueNames(text))
      } catch (error) {
        if (error instanceof SqlError) return false
        throw error
      }
    },
  })

function isOfKind(json: string, kind: string): boolean {
  const own = kindOfJson(json)
  if (kind === 'VALUE') return true
  if (kind === 'SCALAR') return own !== 'array' && own !== 'object'
  return own === kind.toLowerCase()
}

function hasUniqueNames(json: string): boolean {
  switch (kindOfJson(json)) {
    case 'array':
      return elementsOf(json).every(hasUniqueNames)
    case 'object': {
      const members = membersOf(json)
      const names = new Set(members.map(({ name }) => name))
      return names.size === members.length && members.every(({ value }) => hasUniqueNames(value))
    }
    default:
      return true
  }
}
