import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDecimal } from './decimal.ts'
import * as d from './decimal96.ts'
import * as m from './decimal96-math.ts'
import { ofFloat, parse96, toDouble } from './decimal96-text.ts'
import { SqlError } from './error.ts'
import type { Decimal } from './value.ts'

/** Each line was answered by the library that RisingWave calculates with (rust_decimal 1.40). */
const FACTS = {
  'sums and differences': `
    add 0 1.10 = 1.10
    add 0.00 1 = 1
    add 1.10 -1.10 = 0.00
    add 79228162514264337593543950335 0.5 = error
    add 79228162514264337593543950335 1 = error
    add 79228162514264337593543950334.0 0.5 = 79228162514264337593543950334
    sub 0.0 1 = -1
    sub 5 0.00 = 5
  `,
  products: `
    mul 1.10 2 = 2.20
    mul 0.00 5 = 0
    mul 1.5 1.5 = 2.25
    mul 0.12345678901234567890 0.98765432109876543210 = 0.1219326311370217952237463801
    mul 79228162514264337593543950335 2 = error
    mul 0.00000000000001 0.000000000000000001 = 0.0000000000000000000000000000
  `,
  quotients: `
    div 1 2 = 0.50
    div 10.00 2 = 5.00
    div 10 4 = 2.50
    div 1 3 = 0.3333333333333333333333333333
    div 2 3 = 0.6666666666666666666666666667
    div -1 3 = -0.3333333333333333333333333333
    div 0.00 5 = 0
    div 1 0.0000000000000000000000000001 = 10000000000000000000000000000
    div 7 79228162514264337593543950335 = 0.0000000000000000000000000001
    div 708 1 = 708
    div 3540 5 = 708
    div 79228162514264337593543950335 10 = 7922816251426433759354395033.5
    div 79228162514264337593543950335 0.1 = error
  `,
  remainders: `
    rem 5.5 2 = 1.5
    rem -5 3 = -2
    rem 6.00 3 = 0.00
    rem 3.0 3 = 0
    rem 1 2.50 = 1
  `,
  'rounded numbers': `
    round 42 1 = 42
    round 42.25 1 = 42.3
    round -2.5 0 = -3
    round 2.675 2 = 2.68
    round 0.00 1 = 0.0
    trunc -0.5 = 0
    floor -0.5 = -1
    ceil -0.5 = 0
    ceil 1.20 = 2
  `,
  'roots, powers and logarithms': `
    sqrt 2 = 1.4142135623730950488016887242
    sqrt 4 = 2
    sqrt 0.25 = 0.500000000000000000000
    sqrt 144 = 12.000000000000000000000000000
    sqrt 65536 = 256.00000000000000000000000000
    exp 1 = 2.7182818261984928651595318263
    exp -1 = 0.3678794414773748171422559335
    exp 66.5 = 75959666021073336334634473256
    exp 67 = error
    ln 10 = 2.3025850929940456840179914554
    ln 2.718281828 = 0.9999999998311266953289851342
    log10 1000 = 3
    log10 2 = 0.3010299956639811952137388949
    log10 0.001 = -3
    pow 2 10 = 1024
    pow 2 0.5 = 1.4142135570048917090885260834
    pow 1.5 3 = 3.375
    pow 2 -2 = 0.25
    pow 10 28 = 10000000000000000000000000000
    pow 10 29 = error
  `,
  'numbers read from texts': `
    parse 1.10 = 1.10
    parse .5 = 0.5
    parse 5. = 5
    parse 1e3 = 1000
    parse 1.2e2 = 120
    parse 1.50e1 = 15.0
    parse 1e-28 = 0.0000000000000000000000000001
    parse 1e-29 = error
    parse 1e28 = 10000000000000000000000000000
    parse 1e29 = error
    parse 79228162514264337593543950335 = 79228162514264337593543950335
    parse 79228162514264337593543950336 = error
    parse 0.12345678901234567890123456789 = 0.1234567890123456789012345679
    parse 7.92281625142643375935439503359 = 7.922816251426433759354395034
    parse 12345678901234567890.123456789012 = 12345678901234567890.123456789
    parse 1_000 = 1000
  `,
}

const OPERATIONS: Readonly<Record<string, (...args: Decimal[]) => Decimal>> = {
  add: d.add,
  sub: d.subtract,
  mul: d.multiply,
  div: d.divide,
  rem: d.remainder,
  round: (a, b) => d.round(a!, Number(b!.digits)),
  trunc: d.truncate,
  floor: d.floor,
  ceil: d.ceiling,
  sqrt: m.sqrt96,
  exp: m.exp96,
  ln: m.ln96,
  log10: m.log10of96,
  pow: m.power96,
  parse: a => a!,
}

for (const [what, facts] of Object.entries(FACTS))
  test(`${what} are those of RisingWave`, () => {
    for (const line of facts.trim().split('\n')) {
      const [question = '', expected] = line.trim().split(' = ')
      const [operation = '', ...args] = question.split(' ')
      assert.equal(answer(operation, args), expected, question)
    }
  })

function answer(operation: string, args: readonly string[]): string {
  try {
    return formatDecimal(OPERATIONS[operation]!(...args.map(read)))
  } catch (error) {
    if (error instanceof SqlError) return 'error'
    throw error
  }
}

function read(text: string): Decimal {
  const value = parse96(text)
  assert(value !== undefined, text)
  return value
}

test('rounding before the point makes zero or fits', () => {
  const rounded = (text: string, scale: number) => formatDecimal(d.round(read(text), scale))
  assert.equal(rounded('31.5', -1), '30')
  assert.equal(rounded('35', -1), '40')
  assert.equal(rounded('-12345.678', -2), '-12300')
  assert.equal(rounded('1', -40), '0')
  assert.throws(() => rounded('79228162514264337593543950335', -29), SqlError)
})

test('floats become numerics of their safe digits', () => {
  for (const [value, text] of [
    [0.1, '0.1'],
    [1 / 3, '0.3333333333333333'],
    [1e28, '9999999999999999583119736832'],
    [1e-30, '0'],
  ] as const)
    assert.equal(formatDecimal(ofFloat(value, 52)), text)
  assert.equal(formatDecimal(ofFloat(Math.fround(0.1), 24)), '0.1')
  assert.throws(() => ofFloat(1e30, 52), SqlError)
})

test('numerics become the double next to them', () => {
  for (const text of ['0.1', '-2.5', '123456.789', '79228162514264337593543950335'])
    assert.equal(toDouble(read(text)), Number(text))
})

test('what is no number divides and multiplies without an error', () => {
  const result = (operation: string, ...args: string[]) => answer(operation, args)
  assert.equal(result('div', 'inf', '0'), 'Infinity')
  assert.equal(result('div', '-inf', '-2'), 'Infinity')
  assert.equal(result('div', '1', 'inf'), '0')
  assert.equal(result('div', 'inf', 'inf'), 'NaN')
  assert.equal(result('div', 'nan', '0'), 'NaN')
  assert.equal(result('mul', '0', 'inf'), 'NaN')
  assert.equal(result('add', 'inf', '-inf'), 'NaN')
  assert.equal(result('pow', 'nan', '0'), '1')
  assert.equal(result('pow', '-inf', '3'), '-Infinity')
  assert.equal(result('pow', '0.5', '-inf'), 'Infinity')
})
