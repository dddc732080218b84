export interface Setting {
  readonly default: string
  readonly help: string
  /** Told to the client when it changes (ParameterStatus), under this name. */
  readonly reported?: string
  /** Follows from how the session began. */
  readonly readonly?: boolean
  /** `get`: what other settings are. */
  check?(value: string, get: (name: string) => string): boolean
  /** Follows from other settings. */
  derived?(get: (name: string) => string): string
  /** How the value is kept; `before`: what it was. */
  normal?(value: string, before: string): string
  /** A switch that is on when this one is set on. */
  readonly implies?: string
}

/** Settings that differ in name and default only. */
export function alike(
  defaults: Readonly<Record<string, string>>,
  help: string,
  check: Setting['check'],
  normal?: Setting['normal'],
): [string, Setting][] {
  return Object.entries(defaults).map(([name, value]) => [
    name,
    { default: value, help, ...(check && { check }), ...(normal && { normal }) },
  ])
}
