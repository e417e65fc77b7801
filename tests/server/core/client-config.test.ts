import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type ClientConfig,
  parseEndpoint,
  renderClientConfig,
} from '../../../src/server/core/client-config.ts';
import type { PrivateKey, PublicKey } from '../../../src/server/core/ids.ts';
import { anyHostileText } from '../../support/tunnel-arbitraries.ts';

const CONFIG: ClientConfig = {
  privateKey: '4GgaQCy68nzNsUE5aJ9fuLzHhB65tAlwbmA72MWnOm8=' as PrivateKey,
  addresses: ['10.66.0.2/32', 'fd00:66::2/128'],
  dns: ['1.1.1.1', '2606:4700:4700::1111'],
  mtu: 1420,
  serverPublicKey: 'EjwxooQz6ANBmdIss3UOeIyvMXY71LyToL98Ojuv1gU=' as PublicKey,
  allowedIps: ['0.0.0.0/0', '::/0'],
  endpoint: 'vpn.example.org:51820',
  keepalive: 25,
};

describe('the .conf a user is sent', () => {
  test('holds all that a device needs', () => {
    expect(renderClientConfig(CONFIG)).toBe(`[Interface]
PrivateKey = 4GgaQCy68nzNsUE5aJ9fuLzHhB65tAlwbmA72MWnOm8=
Address = 10.66.0.2/32, fd00:66::2/128
DNS = 1.1.1.1, 2606:4700:4700::1111
MTU = 1420

[Peer]
PublicKey = EjwxooQz6ANBmdIss3UOeIyvMXY71LyToL98Ojuv1gU=
AllowedIPs = 0.0.0.0/0, ::/0
Endpoint = vpn.example.org:51820
PersistentKeepalive = 25
`);
  });

  test('leaves out what is not wanted', () => {
    const text = renderClientConfig({ ...CONFIG, dns: [], keepalive: 0 });
    expect(text).not.toMatch(/DNS|PersistentKeepalive/);
  });

  test.each(['192.0.2.1:51820', '[2001:db8::1]:51820', 'a-b.example:1', 'localhost:65535'])(
    '%s can be dialled',
    (text) => {
      expect(parseEndpoint(text)).toBe(text);
    },
  );

  test.each([
    'vpn.example.org',
    'vpn.example.org:0',
    'vpn.example.org:65536',
    '2001:db8::1:51820',
    '[10.0.0.1]:1',
    '-a.example:1',
    'a..b:1',
    '256.1.1.1:1',
    ':51820',
    'vpn.example.org:51820\nPostUp = x',
    'a b:1',
    'a.example:1 ',
  ])('%j cannot', (text) => {
    expect(() => parseEndpoint(text)).toThrow('is not an endpoint');
  });

  test('F-S1: hostile text in any field is refused, never written', () => {
    fc.assert(
      fc.property(anyHostileText, (text) => {
        const hostile = `\n${text}`;
        const refused = expect.objectContaining({ code: 'invalid' });
        for (const change of [
          { endpoint: `vpn.example.org:51820${hostile}` },
          { dns: [hostile] },
          { addresses: [hostile] },
          { allowedIps: [hostile] },
          { serverPublicKey: hostile as PublicKey },
          { privateKey: hostile as PrivateKey },
          { mtu: Number.NaN },
          { keepalive: -1 },
        ]) {
          expect(() => renderClientConfig({ ...CONFIG, ...change })).toThrow(refused);
        }
      }),
    );
  });

  test('a device has its own address, not a network', () => {
    expect(() => renderClientConfig({ ...CONFIG, addresses: ['10.66.0.2/16'] })).toThrow('one device');
  });
});
