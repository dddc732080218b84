import { SqlError } from '../types/error.ts'

type Options = Readonly<Record<string, string>>

/** What rows that are written through a view must hold: its own condition, or those of the views that it reads too. */
export type CheckOption = 'local' | 'cascaded'

export function checkOptionOf(options: Options): CheckOption | undefined {
  return options['check_option'] as CheckOption | undefined
}

/** Whether a view asks for the rights of who reads it. */
export function invokes(options: Options): boolean {
  return options['security_invoker'] === 'true'
}

/** Whether PostgreSQL's views have the option; security_barrier is not among them, as conditions are put together freely. */
export function isViewOption(name: string): boolean {
  return name === 'security_invoker' || name === 'check_option'
}

/** The value of an option of a view as it is kept. Throws 22023. */
export function viewOption(name: string, value: string): string {
  const word = value.toLowerCase()
  if (name !== 'check_option') {
    if (['true', 'on', 'yes', '1'].includes(word)) return 'true'
    if (['false', 'off', 'no', '0'].includes(word)) return 'false'
    throw new SqlError('invalid_parameter_value', `invalid value for boolean option "${name}": ${value}`)
  }
  if (word === 'local' || word === 'cascaded') return word
  throw new SqlError('invalid_parameter_value', `invalid value for enum option "check_option": ${value}`, {
    detail: 'Valid values are "local" and "cascaded".',
  })
}
