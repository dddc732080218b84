import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { Name } from '../../planner/parse/index.ts'
import { namedSecret } from '../../planner/parse/secret.ts'
import type { SecretDef } from '../../planner/secret-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { denied, requireCreate, requireOwner, rightsOf } from '../access/rights.ts'
import { lastingSchema, schemasOf } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { placed } from './placed.ts'

type Options = Readonly<Record<string, string>>

/** CREATE SECRET: its value is in the catalog document and nowhere else. */
export function createSecret(
  { name, ifNotExists, backend, value }: StatementOf<'create secret'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'CREATE SECRET', catalog => {
    requireBackend(backend)
    const { database, user } = context.session
    const schema = lastingSchema(context, name, 'secret')
    requireCreate(rightsOf(context.session, catalog), catalog, database, schema)
    if (catalog.secretByName(database, schema, name.name) !== undefined) {
      const message = `secret "${name.name}" already exists`
      if (!ifNotExists) throw new SqlError('duplicate_object', message, { position: name.position })
      context.notice(`${message}, skipping`)
      return catalog
    }
    return catalog.withSecret({ id: catalog.nextId, database, schema, name: name.name, owner: user, value })
  })
}

/** ALTER SECRET … AS: connectors that are opened from now on get the new value. */
export function alterSecret(
  { name, backend, value }: StatementOf<'alter secret'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'ALTER SECRET', catalog => {
    requireBackend(backend)
    return catalog.withSecret({ ...requireSecret(name, catalog, context, true), value })
  })
}

/** ALTER SECRET … RENAME TO, OWNER TO, SET SCHEMA. Relations hold its id, not its name. */
export function alterSecretPlace(
  { name, action }: StatementOf<'alter secret place'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'ALTER SECRET', catalog => {
    const found = requireSecret(name, catalog, context, true)
    const changed = placed(found, action, catalog, context)
    const other = catalog.secretByName(found.database, changed.schema, changed.name)
    if (other !== undefined && other.id !== found.id)
      throw new SqlError('duplicate_object', `secret "${changed.name}" already exists`)
    return catalog.withSecret(changed)
  })
}

/** DROP SECRET: not one that a relation's options name. */
export function dropSecret(
  { names, ifExists }: StatementOf<'drop secret'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'DROP SECRET', before => {
    let catalog = before
    for (const name of names) {
      if (ifExists && findSecret(name, catalog, context) === undefined) {
        context.notice(`secret "${name.name}" does not exist, skipping`)
        continue
      }
      const { id } = requireSecret(name, catalog, context, true)
      const user = catalog.relations.find(r => Object.values(r.secrets ?? {}).includes(id))
      if (user !== undefined)
        throw new SqlError(
          'dependent_objects_still_exist',
          `cannot drop secret ${name.name} because other objects depend on it`,
          { detail: `${user.kind} ${user.name} depends on secret ${name.name}` },
        )
      catalog = catalog.withoutSecret(id)
    }
    return catalog
  })
}

/** Options of a new relation: `shown` without those that name a secret, `whole` with the secrets' values. */
export function optionsWithSecrets(
  options: Options,
  context: StatementContext,
): { readonly shown: Options; readonly whole: Options; readonly secrets: Pick<Relation, 'secrets'> } {
  const shown: Record<string, string> = {}
  const whole: Record<string, string> = {}
  const secrets: Record<string, number> = {}
  for (const [option, value] of Object.entries(options)) {
    const name = namedSecret(value)
    if (name === undefined) {
      shown[option] = value
      whole[option] = value
    } else {
      const secret = requireSecret(name, context.catalogs.current, context, false)
      secrets[option] = secret.id
      whole[option] = secret.value
    }
  }
  return { shown, whole, secrets: Object.keys(secrets).length > 0 ? { secrets } : {} }
}

/** A relation's options with the values of its secrets, for its connector alone. */
export function resolvedOptions({ options, secrets }: Relation, catalog: Catalog): Options {
  if (secrets === undefined) return options
  const values = Object.entries(secrets).map(([option, id]) => [option, catalog.secretById(id)?.value ?? ''])
  return { ...options, ...Object.fromEntries(values) }
}

function findSecret(name: Name, catalog: Catalog, { session }: StatementContext): SecretDef | undefined {
  for (const schema of schemasOf(session, name)) {
    const found = catalog.secretByName(session.database, schema, name.name)
    if (found !== undefined) return found
  }
  return undefined
}

function requireSecret(name: Name, catalog: Catalog, context: StatementContext, owned: boolean): SecretDef {
  const found = findSecret(name, catalog, context)
  if (found === undefined)
    throw new SqlError('undefined_object', `secret "${name.name}" does not exist`, {
      position: name.position,
    })
  const rights = rightsOf(context.session, catalog)
  if (owned) requireOwner(rights, 'secret', found)
  else if (!rights.owns(found)) throw denied(`secret ${found.name}`)
  return found
}

function requireBackend(backend: string): void {
  if (backend === 'meta') return
  if (backend === 'hashicorp_vault') throw notSupported('secrets in a vault')
  throw new SqlError('invalid_parameter_value', `unknown secret backend "${backend}"`, {
    hint: "Use backend = 'meta'.",
  })
}
