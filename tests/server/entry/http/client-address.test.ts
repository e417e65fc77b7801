import { describe, expect, test } from 'bun:test';
import { parseCidr } from '../../../../src/server/core/cidr.ts';
import { originOf } from '../../../../src/server/entry/http/client-address.ts';

const PROXIES = ['10.0.0.0/8', '::1/128', 'fd00::/8'].map(parseCidr);
const from = (peer: string | undefined, headers: Record<string, string> = {}) =>
  originOf(new Headers({ host: 'adit.example:8080', ...headers }), peer, PROXIES);

describe('where a request comes from', () => {
  const cases: readonly (readonly [
    what: string,
    peer: string | undefined,
    forwarded: string,
    address: string,
  ])[] = [
    ['straight', '192.0.2.1', '', '192.0.2.1'],
    ['a stranger who claims to be another', '192.0.2.1', '203.0.113.1', '192.0.2.1'],
    ['through a proxy', '10.0.0.1', '203.0.113.1', '203.0.113.1'],
    ['IPv4 inside IPv6', '::ffff:10.0.0.1', '203.0.113.1', '203.0.113.1'],
    ['through two proxies', '10.0.0.1', '203.0.113.1, 10.0.0.2', '203.0.113.1'],
    ['what was claimed before the stranger', '10.0.0.1', '1.1.1.1, 203.0.113.1, 10.0.0.2', '203.0.113.1'],
    ['with ports', '10.0.0.1', '203.0.113.1:4711', '203.0.113.1'],
    ['IPv6 with a port', '::1', '[2001:DB8::1]:4711', '2001:db8::1'],
    ['something that is no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['rubbish before an address', '10.0.0.1', '<script>, 203.0.113.1', '203.0.113.1'],
    ['a proxy that says nothing', '10.0.0.1', '', '10.0.0.1'],
    ['no socket address', undefined, '203.0.113.1', 'unknown'],
  ];
  test.each(cases)('%s', (_, peer, forwarded, address) => {
    expect(from(peer, forwarded === '' ? {} : { 'x-forwarded-for': forwarded }).address).toBe(address);
  });

  test('scheme and host of a proxy are believed, a stranger’s are not', () => {
    const said = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'vpn.example' };
    expect(from('10.0.0.1', said)).toMatchObject({ host: 'vpn.example', https: true, secure: true });
    expect(from('192.0.2.1', said)).toMatchObject({ host: 'adit.example:8080', https: false, secure: false });
  });

  test.each(['localhost', 'localhost:80', '127.0.0.1:8080', '[::1]:8080'])(
    'this machine is secure: %s',
    (host) => {
      expect(from('127.0.0.1', { host }).secure).toBe(true);
    },
  );

  test.each(['localhost.evil.example', '127.0.0.1.evil.example', 'evil.example'])('it is not: %s', (host) => {
    expect(from('192.0.2.1', { host }).secure).toBe(false);
  });
});
