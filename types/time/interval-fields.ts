/** The fields that a type such as `interval day to second` has, as PostgreSQL's type modifiers count them. */
export const INTERVAL_FIELDS = { month: 2, year: 4, day: 8, hour: 1024, minute: 2048, second: 4096 } as const

/** All fields: no restriction. */
export const ALL_INTERVAL_FIELDS = 0x7fff
