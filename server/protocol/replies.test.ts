import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

test('columns of a result are told with what limits them', async () => {
  await using server = await TestServer.start({ inline: true })
  const client = await server.connect()
  try {
    await client.query('CREATE TABLE t (a varchar(3), b numeric(10, 2), c timestamp(3), d char(5), e bit(4))')
    const { fields } = await client.query('SELECT a, b, c, d, e, b + 1, a::varchar(2), $$x$$ FROM t')
    assert.deepEqual(
      fields.map(field => [field.dataTypeID, field.dataTypeModifier]),
      [
        [1043, 7],
        [1700, (10 << 16) + 2 + 4],
        [1114, 3],
        [1042, 9],
        [1560, 4],
        [1700, -1],
        [1043, 6],
        [1043, -1],
      ],
    )
    const prepared = await client.query({ name: 'p', text: 'SELECT b FROM t WHERE a = $1', values: ['x'] })
    assert.equal(prepared.fields[0]!.dataTypeModifier, (10 << 16) + 2 + 4)
  } finally {
    await client.end()
  }
})
