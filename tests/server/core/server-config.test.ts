import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { PublicKey } from '../../../src/server/core/ids.ts';
import { parseServerConfig, renderServerConfig } from '../../../src/server/core/server-config.ts';
import { checkedInterface, type ServerInterface } from '../../../src/server/core/server-interface.ts';
import { anyHostileText, anyPeers, anyPrivateKey } from '../../support/tunnel-arbitraries.ts';

const SERVER: ServerInterface = {
  name: 'wg0',
  privateKey: '4GgaQCy68nzNsUE5aJ9fuLzHhB65tAlwbmA72MWnOm8=' as ServerInterface['privateKey'],
  listenPort: 51820,
  address4: '10.66.0.1/16',
  address6: 'fd00:66::1/64',
  mtu: 1420,
  nat: true,
  dnsToHost: true,
};
const PEER = {
  publicKey: 'EjwxooQz6ANBmdIss3UOeIyvMXY71LyToL98Ojuv1gU=' as PublicKey,
  allowedIps: ['10.66.0.2/32', 'fd00:66::2/128'],
};

describe('wg0.conf', () => {
  test('is what wg-quick reads', () => {
    const lines = renderServerConfig(SERVER, [PEER]).split('\n');
    expect(lines.filter((line) => !line.startsWith('Post'))).toEqual([
      '[Interface]',
      'PrivateKey = 4GgaQCy68nzNsUE5aJ9fuLzHhB65tAlwbmA72MWnOm8=',
      'ListenPort = 51820',
      'Address = 10.66.0.1/16',
      'Address = fd00:66::1/64',
      'MTU = 1420',
      'Table = off',
      '',
      '[Peer]',
      'PublicKey = EjwxooQz6ANBmdIss3UOeIyvMXY71LyToL98Ojuv1gU=',
      'AllowedIPs = 10.66.0.2/32, fd00:66::2/128',
      '',
      '# end of 1 peers',
      '',
    ]);
  });

  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(anyPrivateKey, anyPeers, (privateKey, peers) => {
        const config = parseServerConfig(renderServerConfig({ ...SERVER, privateKey }, peers));
        expect(config).toMatchObject({ privateKey, peers, listenPort: 51820, mtu: 1420 });
        expect(config.addresses).toEqual(['10.66.0.1/16', 'fd00:66::1/64']);
      }),
    );
  });

  test('a truncated file is never taken for a whole one', () => {
    const text = renderServerConfig(SERVER, [
      PEER,
      { ...PEER, publicKey: SERVER.privateKey as string as PublicKey },
    ]);
    for (let length = 0; length < text.length; length++) {
      expect(() => parseServerConfig(text.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'invalid' }),
      );
    }
  });

  test('F-S1: no hostile text gets in as a key or an address', () => {
    fc.assert(
      fc.property(anyHostileText, (text) => {
        const refused = expect.objectContaining({ code: 'invalid' });
        expect(() => renderServerConfig(SERVER, [{ ...PEER, publicKey: text as PublicKey }])).toThrow(
          refused,
        );
        expect(() => renderServerConfig(SERVER, [{ ...PEER, allowedIps: [`10.66.0.2/32${text}x`] }])).toThrow(
          refused,
        );
        expect(() => renderServerConfig({ ...SERVER, name: `${text}'` }, [])).toThrow(refused);
        expect(() => renderServerConfig({ ...SERVER, address4: `${text}/16` }, [])).toThrow(refused);
        expect(() => renderServerConfig({ ...SERVER, blockedNetworks: [text] }, [])).toThrow(refused);
      }),
    );
  });

  test.each([
    ['an unknown setting', 'MTU = 1420', 'MTU = 1420\nPreUp = true'],
    ['a setting twice', 'MTU = 1420', 'MTU = 1420\nMTU = 1280'],
    ['a second interface', '[Peer]', '[Interface]'],
    ['a line that is no setting', '[Peer]', 'hello'],
  ])('%s is refused', (_, from, to) => {
    const text = renderServerConfig(SERVER, [PEER]).replace(from, to);
    expect(() => parseServerConfig(text)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  test('without NAT the peers are walled in all the same', () => {
    const text = renderServerConfig({ ...SERVER, nat: false, address6: null }, []);
    expect(text).not.toMatch(/masquerade|ip_forward/);
    expect(text).toContain('iifname "wg0" oifname "wg0" drop');
  });

  test.each([
    [{ listenPort: 0 }],
    [{ listenPort: 65_536 }],
    [{ mtu: 1279 }],
    [{ mtu: 1.5 }],
    [{ name: '0wg' }],
    [{ name: 'a'.repeat(16) }],
    [{ address4: 'fd00::1/64' }],
    [{ address6: '10.0.0.1/8' }],
  ])('%p is refused', (change) => {
    expect(() => checkedInterface({ ...SERVER, ...change })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });
});
