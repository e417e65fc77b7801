import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseDump } from '../../../src/server/core/dump.ts';

// Verbatim from wireguard-tools 1.0.20210914 over wireguard-go 0.0.20220316; only the private key was exchanged.
const HEAD =
  '4GgaQCy68nzNsUE5aJ9fuLzHhB65tAlwbmA72MWnOm8=\tIPI8BK7gp0odrC0BNUxn0g8CiXKc9RD8JRdwdQ8vHkk=\t51820\toff\n';
const SEEN =
  'EjwxooQz6ANBmdIss3UOeIyvMXY71LyToL98Ojuv1gU=\t(none)\t198.18.1.2:48113\t10.66.0.2/32,fd00:66::2/128\t1763683400\t180\t92\toff\n';
const NEVER =
  'bCGZVGyk7XyyZFTO5lXJl9ETpgXhUyUNUtaXMSqcVkE=\tZ2ZlZWRkY2NiYmFhOTk4ODc3NjY1NTQ0MzMyMjExMDA=\t(none)\t(none)\t0\t0\t0\t25\n';
const OVER_IPV6 =
  'aGVsbG8td2lyZWd1YXJkLWhlbGxvLXdpcmVndWFyZC0=\t(none)\t[2001:db8:1::2]:51820\tfd00:66::9/128,10.66.0.9/32\t0\t0\t0\toff\n';
const WHOLE = HEAD + SEEN + NEVER + OVER_IPV6;

describe('wg show dump', () => {
  test('reads an interface with peers', () => {
    const dump = parseDump(WHOLE);
    expect(String(dump.publicKey)).toBe('IPI8BK7gp0odrC0BNUxn0g8CiXKc9RD8JRdwdQ8vHkk=');
    expect(dump.listenPort).toBe(51820);
    expect(dump.peers).toMatchObject([
      {
        allowedIps: ['10.66.0.2/32', 'fd00:66::2/128'],
        hasPresharedKey: false,
        endpoint: '198.18.1.2:48113',
        lastHandshakeAt: new Date(1763683400_000),
        receivedBytes: 180,
        sentBytes: 92,
      },
      { allowedIps: [], hasPresharedKey: true, endpoint: null, lastHandshakeAt: null },
      { allowedIps: ['10.66.0.9/32', 'fd00:66::9/128'], endpoint: '[2001:db8:1::2]:51820' },
    ]);
  });

  test('an interface that has just been made has no key', () => {
    expect(parseDump('(none)\t(none)\t49590\toff\n')).toEqual({
      publicKey: null,
      listenPort: 49590,
      peers: [],
    });
  });

  test('never keeps the private key', () => {
    expect(JSON.stringify(parseDump(WHOLE))).not.toContain('4GgaQCy68');
  });

  test('cut off anywhere but behind a line it is refused: never half a list', () => {
    const lineEnds = [...WHOLE.matchAll(/\n/g)].map((match) => match.index + 1);
    for (let length = 0; length < WHOLE.length; length++) {
      if (!lineEnds.includes(length))
        expect(() => parseDump(WHOLE.slice(0, length))).toThrow('wg show dump, line');
    }
  });

  test.each([
    ['a field too few', HEAD + SEEN.replace('\toff', '')],
    ['a field too many', HEAD + SEEN.replace('\toff', '\toff\toff')],
    ['a broken key', HEAD + SEEN.replace('Ejwx', 'Ejw!')],
    ['a broken network', HEAD + SEEN.replace('10.66.0.2/32', '10.66.0.2')],
    ['a negative counter', HEAD + SEEN.replace('\t180\t', '\t-180\t')],
    ['an empty line', `${HEAD}\n${SEEN}`],
    ['a peer without its interface', SEEN],
    ['the error of a shim', 'Unable to access interface: No such device\n'],
    ['nothing', ''],
  ])('%s is an internal error', (_, text) => {
    expect(() => parseDump(text)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  test('garbage never passes for an interface', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parseDump(text)).toThrow();
      }),
    );
  });
});
