/** What every Tunnel keeps, over whatever carries it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import type { PublicKey } from '../../src/server/core/ids.ts';
import type { Tunnel, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import { failureOf } from '../support/failures.ts';

export interface TunnelUnderTest {
  readonly tunnel: Tunnel;
  readonly publicKey: PublicKey;
  readonly listenPort: number;
  /** Sets a preshared key behind the tunnel's back. */
  setPresharedKey(publicKey: PublicKey): Promise<void>;
  dispose(): Promise<void>;
}

const keyMaker = createKeyMaker();

/** Peer number n has the address 10.66.<n> and an IPv6 one. */
const newPeer = (offset: number): TunnelPeer => ({
  publicKey: keyMaker.keyPair().publicKey,
  allowedIps: [`10.66.${offset >> 8}.${offset & 255}/32`, `fd00:66::${offset.toString(16)}/128`],
});

const byKey = (peers: readonly TunnelPeer[]): TunnelPeer[] =>
  peers
    .map(({ publicKey, allowedIps }) => ({ publicKey, allowedIps }))
    .toSorted((a, b) => (a.publicKey < b.publicKey ? -1 : 1));

export function tunnelContract(name: string, open: () => Promise<TunnelUnderTest>): void {
  describe(`a tunnel: ${name}`, () => {
    let under: TunnelUnderTest;
    let tunnel: Tunnel;
    const peers = async () => byKey((await tunnel.read()).peers);

    beforeAll(async () => {
      under = await open();
      tunnel = under.tunnel;
    });
    afterAll(() => under.dispose());
    beforeEach(async () => {
      await tunnel.remove();
      await tunnel.ensureUp();
    });

    test('does not answer before it is up, nor after it was removed', async () => {
      await tunnel.remove();
      expect((await failureOf(tunnel.read())).code).toBe('unavailable');
      expect((await failureOf(tunnel.apply({ remove: [], add: [newPeer(2)] }))).code).toBe('unavailable');
      await tunnel.remove();
    });

    test('comes up once, and says whether it had been missing', async () => {
      await tunnel.remove();
      expect(await tunnel.ensureUp()).toEqual({ created: true });
      expect(await tunnel.ensureUp()).toEqual({ created: false });
      const { publicKey, listenPort } = under;
      expect(await tunnel.read()).toEqual({ publicKey, listenPort, peers: [] });
    });

    test('ensureUp leaves peers alone', async () => {
      const present = [newPeer(2), newPeer(3)];
      await tunnel.apply({ remove: [], add: present });
      await tunnel.ensureUp();
      expect(await peers()).toEqual(byKey(present));
    });

    test('adds many and removes some, and repeating is safe', async () => {
      const all = Array.from({ length: 50 }, (_, index) => newPeer(index + 2));
      const gone = all.slice(0, 20).map((peer) => peer.publicKey);
      for (let time = 0; time < 2; time++) await tunnel.apply({ remove: [], add: all });
      expect(await peers()).toEqual(byKey(all));
      for (let time = 0; time < 2; time++) await tunnel.apply({ remove: gone, add: [] });
      expect(await peers()).toEqual(byKey(all.slice(20)));
    });

    test('a new peer was never seen', async () => {
      await tunnel.apply({ remove: [], add: [newPeer(2)] });
      expect((await tunnel.read()).peers[0]).toMatchObject({
        hasPresharedKey: false,
        endpoint: null,
        lastHandshakeAt: null,
        receivedBytes: 0,
        sentBytes: 0,
      });
    });

    test('a peer that is present gets exactly the allowed-ips that are given', async () => {
      const peer = newPeer(2);
      await tunnel.apply({ remove: [], add: [peer] });
      await tunnel.apply({ remove: [], add: [{ ...peer, allowedIps: ['10.66.9.9/32'] }] });
      expect(await peers()).toEqual([{ ...peer, allowedIps: ['10.66.9.9/32'] }]);
      await tunnel.apply({ remove: [], add: [{ ...peer, allowedIps: [] }] });
      expect(await peers()).toEqual([{ ...peer, allowedIps: [] }]);
    });

    test('an allowed-ip of another peer moves, and the loser shows it', async () => {
      const [loser, winner] = [newPeer(2), newPeer(3)];
      await tunnel.apply({ remove: [], add: [loser] });
      await tunnel.apply({ remove: [], add: [{ ...winner, allowedIps: ['10.66.0.2/32'] }] });
      expect(await peers()).toEqual(
        byKey([
          { ...loser, allowedIps: ['fd00:66::2/128'] },
          { ...winner, allowedIps: ['10.66.0.2/32'] },
        ]),
      );
    });

    test('two peers swap their addresses in one change', async () => {
      const [a, b] = [newPeer(2), newPeer(3)];
      await tunnel.apply({ remove: [], add: [a, b] });
      const swapped = [
        { ...a, allowedIps: b.allowedIps },
        { ...b, allowedIps: a.allowedIps },
      ];
      await tunnel.apply({ remove: [], add: swapped });
      expect(await peers()).toEqual(byKey(swapped));
    });

    test('removals come first: a key is made anew in one change', async () => {
      const peer = newPeer(2);
      const heir = newPeer(2);
      await tunnel.apply({ remove: [], add: [peer] });
      await tunnel.apply({ remove: [peer.publicKey], add: [heir] });
      expect(await peers()).toEqual([heir]);
      await tunnel.apply({ remove: [heir.publicKey], add: [{ ...heir, allowedIps: ['10.66.0.7/32'] }] });
      expect(await peers()).toEqual([{ ...heir, allowedIps: ['10.66.0.7/32'] }]);
    });

    test('a preshared key set by hand is seen, and putting the peer takes it away', async () => {
      const peer = newPeer(2);
      await tunnel.apply({ remove: [], add: [peer] });
      await under.setPresharedKey(peer.publicKey);
      expect((await tunnel.read()).peers[0]?.hasPresharedKey).toBe(true);
      await tunnel.apply({ remove: [], add: [peer] });
      expect((await tunnel.read()).peers[0]?.hasPresharedKey).toBe(false);
    });

    test('an empty change changes nothing', async () => {
      await tunnel.apply({ remove: [], add: [newPeer(2)] });
      const before = await tunnel.read();
      await tunnel.apply({ remove: [], add: [] });
      expect(await tunnel.read()).toEqual(before);
    });

    test('counters come with the boot they belong to: the same while the interface stands, another once it was made anew', async () => {
      const peer = newPeer(2);
      await tunnel.apply({ remove: [], add: [peer] });
      const first = await tunnel.traffic();
      expect(first.peers).toMatchObject([{ publicKey: peer.publicKey, receivedBytes: 0, sentBytes: 0 }]);
      await tunnel.ensureUp();
      await tunnel.apply({ remove: [peer.publicKey], add: [newPeer(3)] });
      expect((await tunnel.traffic()).boot).toBe(first.boot);
      const boots = new Set([first.boot]);
      for (let time = 0; time < 3; time++) {
        await tunnel.remove();
        expect((await failureOf(tunnel.traffic())).code).toBe('unavailable');
        await tunnel.ensureUp();
        boots.add((await tunnel.traffic()).boot);
      }
      expect(boots.size).toBe(4);
    });

    test('a caller that has gone away is not served', async () => {
      const gone = AbortSignal.abort(new Error('gone'));
      await expect(tunnel.apply({ remove: [], add: [newPeer(2)] }, gone)).rejects.toThrow();
      expect(await peers()).toEqual([]);
    });
  });
}
