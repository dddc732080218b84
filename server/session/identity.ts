import { type RoleDef, rolesOf } from '../../planner/access.ts'
import { SqlError } from '../../types/error.ts'

/** Who a session is: who logged in, and whom SET ROLE or SET SESSION AUTHORIZATION put in the place. */
export class Identity {
  readonly #login: string
  readonly #roles: () => readonly RoleDef[]
  #setting: (name: 'role' | 'session_authorization') => string
  /** Users of the server's own, that were not declared when the session took them on: they may do everything. */
  readonly #ours = new Set<string>()

  constructor(login: string, roles: () => readonly RoleDef[]) {
    this.#login = login
    this.#roles = roles
    this.#setting = name => (name === 'role' ? 'none' : login)
    if (!this.#declares(login)) this.#ours.add(login)
  }

  /** From now on the settings say who the session is. */
  follow(setting: (name: string) => string): void {
    this.#setting = setting
  }

  /** Whose rights count. */
  get user(): string {
    const role = this.#setting('role')
    return role === 'none' ? this.sessionUser : role
  }

  get sessionUser(): string {
    return this.#setting('session_authorization')
  }

  /** false: the server's own. A role that was dropped since stays declared, and can do nothing. */
  get declared(): boolean {
    return !this.#ours.has(this.user)
  }

  get superuser(): boolean {
    return this.#isSuperuser(this.user)
  }

  /** Before a setting changes. Throws 22023 for an unknown role, 42501 where the session may not become it. */
  check(setting: string, value: string): void {
    if (setting === 'role' && value !== 'none') {
      this.#requireKnown(value)
      const session = this.sessionUser
      if (!this.#isSuperuser(session) && !rolesOf(session, this.#roles()).has(value))
        throw new SqlError('insufficient_privilege', `permission denied to set role "${value}"`)
    }
    if (setting === 'session_authorization') {
      this.#requireKnown(value)
      if (value !== this.#login && !this.#isSuperuser(this.#login))
        throw new SqlError('insufficient_privilege', 'permission denied to set session authorization')
    }
  }

  #requireKnown(name: string): void {
    if (this.#declares(name) || this.#ours.has(name)) return
    if (name !== 'root') throw new SqlError('invalid_parameter_value', `role "${name}" does not exist`)
    if (this.#isSuperuser(this.#login)) this.#ours.add(name)
  }

  #isSuperuser(name: string): boolean {
    return this.#ours.has(name) || this.#roles().some(role => role.name === name && role.superuser)
  }

  #declares(name: string): boolean {
    return this.#roles().some(role => role.name === name)
  }
}
