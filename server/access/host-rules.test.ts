import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultRules, type Knock, parseHostRules, ruleFor } from './host-rules.ts'

const FILE = `
# TYPE  DATABASE        USER            ADDRESS                 METHOD
local   all             all                                     peer
host    all             root            127.0.0.1/32            trust
host    "all"           all             all                     reject
host    dev,test        +writers        10.1.0.0/16             scram-sha-256
hostssl sameuser        all             10.2.0.0 255.255.0.0    md5
host    all             "mallory"       all                     reject   # never
hostssl all             all             2001:db8::/32           scram
host    all             all             0.0.0.0/0               \\
  scram
`
const rules = parseHostRules(FILE)
const method = (knock: Partial<Knock>) =>
  ruleFor(rules, {
    user: 'ann',
    database: 'dev',
    address: '127.0.0.1',
    encrypted: false,
    roles: new Set(['ann']),
    ...knock,
  })?.method

test('the first rule that fits address, database, user and encryption counts', () => {
  assert.equal(method({ user: 'root' }), 'trust')
  assert.equal(method({}), 'scram')
  assert.equal(method({ user: 'root', address: '10.9.9.9' }), 'scram')
  assert.equal(method({ database: 'all' }), 'reject', 'in quotes a word is a name')
  assert.equal(method({ user: 'mallory', address: '192.168.0.1' }), 'reject')
  assert.equal(method({ user: 'mallory', address: '10.1.2.3', roles: new Set(['writers']) }), 'scram')
  assert.equal(method({ address: '2001:db8::5' }), undefined, 'hostssl is not for plain connections')
  assert.equal(method({ address: '2001:db8::5', encrypted: true }), 'scram')
  assert.equal(method({ address: '::1', encrypted: true }), undefined, 'no rule: refused')
})

test('what a file means that cannot be read is said with its line', () => {
  const wrong: readonly [string, RegExp][] = [
    ['host all all 10.0.0.0/8 trust', /line 1: trust is for addresses of loopback only/],
    ['host all all all trust', /trust is for/],
    ['host all all 127.0.0.0/7 trust', /trust is for/],
    ['host all all samenet trust', /trust is for/],
    ['\nhost all all db.example.org scram', /line 2: address .* names are not looked up/],
    ['host all all 10.0.0.0/33 scram', /invalid CIDR mask/],
    ['host all all 10.0.0.1 scram', /needs a length|fields are missing|invalid IP mask|method/],
    ['host all all 10.0.0.0/8 gss', /"gss" is not supported/],
    ['host all all 10.0.0.0/8 scram clientcert=1', /option "clientcert=1" is not supported/],
    ['hosts all all all scram', /unknown connection type "hosts"/],
    ['host all all', /fields are missing/],
  ]
  for (const [text, message] of wrong) assert.throws(() => parseHostRules(text), message)
})

test('without a file and a password only loopback is let in; beyond it TLS where there is a certificate', () => {
  const of = (knock: Partial<Knock>, ...args: Parameters<typeof defaultRules>) =>
    ruleFor(defaultRules(...args), {
      user: 'root',
      database: 'dev',
      address: '10.0.0.1',
      encrypted: false,
      roles: new Set(),
      ...knock,
    })?.method
  assert.equal(of({}, false, 'none'), undefined)
  assert.equal(of({ encrypted: true }, false, 'offered'), undefined)
  assert.equal(of({ address: '127.0.0.1' }, false, 'none'), 'declared')
  assert.equal(of({ address: '::1' }, true, 'none'), 'scram')
  assert.equal(of({}, true, 'none'), 'scram')
  assert.equal(of({}, true, 'offered'), undefined)
  assert.equal(of({ encrypted: true }, true, 'offered'), 'scram')
  assert.equal(of({ address: '127.0.0.1' }, true, 'required'), undefined)
})
