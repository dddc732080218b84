/** A value that options of connectors name and that is shown nowhere; the catalog document holds it. */
export interface SecretDef {
  readonly id: number
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly owner: string
  readonly value: string
}
