const TEMPLATES = [
  '9 99 999 0 00 09 9.9 0.0 99.99 FM99.99 FM90.99 FM0.00 9,999 9G999D99 999,999,999 FM999,999.00 S999 999S S9.9 9.9S',
  'MI99 99MI 99PL PL99 SG99 99SG 99PR FM99PR 9.9PR RN FMRN rn 999th 999TH FM999th 99V9 99V99 9.99EEEE 99EEEE L999',
  '"abc"999 999"x" 9.9.9 S9S B9 FM9 FM9.9 FM.99 .99 0999 0999.9 FM0999.9 999. FM999. 9D9 0.009 FM9.999 FMS99 S0 0S',
]
  .join(' ')
  .split(' ')
const NUMBERS = [
  ...[
    '0',
    '1',
    '-1',
    '12',
    '-12',
    '0.5',
    '-0.5',
    '0.04',
    '123.456',
    '-123.456',
    '1234567.891',
    '0.009',
    '99.995',
  ],
  ...['3999', '4000', "'NaN'", "'Infinity'", '1e20', '485', '148.5'],
].map(text => `${text}::numeric`)
const OTHERS = [
  ...['1.5', '-0.1', "'NaN'", "'-Infinity'", '1e15', '0'].map(text => `${text}::float8`),
  ...['123456.789::float4', '0.1::float4', '5', '(-5)', '9223372036854775807::bigint', '(-2147483648)'],
]

/** to_char of numbers of every type in every template. */
export function* numberTemplateCalls(): Generator<string> {
  for (const template of TEMPLATES) {
    for (const number of NUMBERS) yield `SELECT to_char(${number}, '${template}')`
    if (/^(9|99.99|FM99.99|9.99EEEE|S999|99PR|RN|999th|99V9)$/.test(template))
      for (const number of OTHERS) yield `SELECT to_char(${number}, '${template}')`
  }
}
