import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createDumpScan } from '../../src/server/core/dump-scan.ts';
import { AppError } from '../../src/server/core/errors.ts';
import { createDigest, liveLine } from '../../src/server/core/peer-digest.ts';
import type { LivePeer } from '../../src/server/core/ports/tunnel.ts';
import { NO_PRESHARED_KEY } from '../../src/server/core/wireguard-key.ts';
import { alive, anyPeers } from '../support/tunnel-arbitraries.ts';

const HEAD = `(none)\t${'A'.repeat(42)}E=\t51820\toff\n`;

/** As `wg` prints it. */
function lineOf(peer: LivePeer): string {
  const psk = peer.hasPresharedKey ? NO_PRESHARED_KEY : '(none)';
  const networks = peer.allowedIps.length === 0 ? '(none)' : peer.allowedIps.join(',');
  return `${peer.publicKey}\t${psk}\t${peer.endpoint ?? '(none)'}\t${networks}\t0\t12\t34\toff\n`;
}

const anyDump = fc
  .tuple(anyPeers, fc.infiniteStream(fc.boolean()))
  .map(([peers, dice]) => peers.map((peer) => alive(peer, { hasPresharedKey: dice.next().value })));

/** The text in pieces that break anywhere. */
function scan(text: string, sizes: Iterator<number>) {
  const [digest, brief, whole] = [createDigest(), [] as unknown[], [] as LivePeer[]];
  const scanning = createDumpScan({
    onPeer(hash, look) {
      digest.add(hash);
      const { publicKey, allowedIps, hasPresharedKey } = look.brief();
      brief.push({ publicKey, allowedIps, hasPresharedKey });
      whole.push(look.whole());
    },
  });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; ) {
    const size = sizes.next().value as number;
    scanning.feed(bytes.subarray(at, at + size));
    at += size;
  }
  scanning.end();
  return { digest: digest.buckets(), brief, whole };
}

const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 200 }));

describe('a dump that is read as it comes', () => {
  test('property: wherever it breaks, every peer is seen as it is, and the digest is that of their lines', () => {
    fc.assert(
      fc.property(anyDump, sizes, (peers, pieces) => {
        const found = scan(HEAD + peers.map(lineOf).join(''), pieces);
        const wanted = createDigest();
        for (const peer of peers) wanted.addLine(liveLine(peer));
        expect(found.digest).toEqual(wanted.buckets());
        expect(found.whole.map((peer) => peer.publicKey)).toEqual(peers.map((peer) => peer.publicKey));
        const sorted = (ips: readonly string[]) => [...ips].toSorted();
        expect(
          found.brief.map((peer) => ({
            ...(peer as LivePeer),
            allowedIps: sorted((peer as LivePeer).allowedIps),
          })),
        ).toEqual(
          peers.map(({ publicKey, allowedIps, hasPresharedKey }) => ({
            publicKey,
            allowedIps: sorted(allowedIps),
            hasPresharedKey,
          })) as never,
        );
      }),
    );
  });

  test('B8: cut off anywhere but at the end of a line it is no list at all', () => {
    fc.assert(
      fc.property(anyDump, fc.nat(), sizes, (peers, place, pieces) => {
        const text = HEAD + peers.map(lineOf).join('');
        const cut = text.slice(0, place % text.length);
        if (cut.endsWith('\n')) return;
        expect(() => scan(cut, pieces)).toThrow(AppError);
      }),
    );
  });

  test('property: the digest does not care for the order of peers, and changes with each of them', () => {
    fc.assert(
      fc.property(anyDump, sizes, (peers, pieces) => {
        if (peers.length === 0) return;
        const whole = scan(HEAD + peers.map(lineOf).join(''), pieces).digest;
        expect(scan(HEAD + peers.toReversed().map(lineOf).join(''), pieces).digest).toEqual(whole);
        expect(scan(HEAD + peers.slice(1).map(lineOf).join(''), pieces).digest).not.toEqual(whole);
      }),
    );
  });
});
