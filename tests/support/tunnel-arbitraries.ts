/** Random keys, peers and hostile text for property tests. */
import fc from 'fast-check';
import type { PrivateKey, PublicKey } from '../../src/server/core/ids.ts';
import type { LivePeer, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';

const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => bytes.some((byte) => byte !== 0))
  .map((bytes) => Buffer.from(bytes).toString('base64'));

export const anyPublicKey = key.map((text) => text as PublicKey);
export const anyPrivateKey = key.map((text) => text as PrivateKey);

const offset = fc.integer({ min: 2, max: 65_000 });

export const anyPeer: fc.Arbitrary<TunnelPeer> = fc
  .record({ publicKey: anyPublicKey, offset, dual: fc.boolean(), none: fc.integer({ min: 0, max: 9 }) })
  .map(({ publicKey, offset: at, dual, none }) => {
    const v4 = `10.66.${at >> 8}.${at & 255}/32`;
    const v6 = `fd00:66::${at.toString(16)}/128`;
    return { publicKey, allowedIps: none === 0 ? [] : dual ? [v4, v6] : [v4] };
  });

export const anyPeers = fc.uniqueArray(anyPeer, { maxLength: 30, selector: (peer) => peer.publicKey });

export const alive = (peer: TunnelPeer, change: Partial<LivePeer> = {}): LivePeer => ({
  ...peer,
  hasPresharedKey: false,
  endpoint: null,
  lastHandshakeAt: null,
  receivedBytes: 0,
  sentBytes: 0,
  ...change,
});

/** F-S1: what people put into names, and what they try. */
export const HOSTILE: readonly string[] = [
  'a\n[Peer]\nPublicKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=\nAllowedIPs = 0.0.0.0/0',
  'x\r\nPostUp = touch /tmp/pwned',
  'nul\0byte',
  'line\u2028separator\u2029paragraph',
  '# comment',
  '"quoted" \'name\'',
  '$(touch /tmp/pwned)',
  '`touch /tmp/pwned`; rm -rf /',
  '../../etc/passwd',
  '.hidden',
  '-rf',
  '--help',
  'con',
  'Мой телефон',
  '我的手机',
  '📱📱📱',
  'e\u0301\u0302\u0303',
  '\u202Egnp.exe',
  '',
  '   ',
  'a'.repeat(5_000),
];

export const anyHostileText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);
