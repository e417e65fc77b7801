import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  countAbsence,
  countTraffic,
  type TrafficCounter,
  totalsWith,
} from '../../src/server/core/traffic.ts';

const at = (seconds: number) => new Date(seconds * 1000);
const reading = (boot: string, received: number, sent: number, handshakeAt: Date | null = null) => ({
  boot,
  received,
  sent,
  handshakeAt,
});

describe('a reading is added to what is known', () => {
  const known: TrafficCounter = {
    boot: 'a',
    rawReceived: 100,
    rawSent: 10,
    received: 1100,
    sent: 110,
    handshakeAt: at(50),
  };

  test('the first sight of a peer: all of it is new', () => {
    expect(countTraffic(null, reading('a', 7, 3, at(9)))).toEqual({
      counter: { boot: 'a', rawReceived: 7, rawSent: 3, received: 7, sent: 3, handshakeAt: at(9) },
      added: 10,
      changed: true,
    });
  });

  test('the same boot goes on', () => {
    const { counter, added } = countTraffic(known, reading('a', 130, 15, at(60)));
    expect(counter).toMatchObject({ received: 1130, sent: 115, rawReceived: 130, handshakeAt: at(60) });
    expect(added).toBe(35);
  });

  test.each([
    ['another boot', reading('b', 130, 15)],
    ['what came in went down', reading('a', 99, 500)],
    ['what went out went down', reading('a', 500, 9)],
  ])('%s: both began at nothing', (_, next) => {
    const { counter, added } = countTraffic(known, next);
    expect(counter).toMatchObject({ received: 1100 + next.received, sent: 110 + next.sent });
    expect(added).toBe(next.received + next.sent);
    // The last handshake is not forgotten with the interface.
    expect(counter.handshakeAt).toEqual(at(50));
  });

  test('a node that tells nonsense for hours fills no counter beyond what can be stored and added up', () => {
    let counter: TrafficCounter | null = null;
    for (let turn = 0; turn < 5_000; turn += 1) {
      const raw = turn % 2 === 0 ? 2 ** 64 : 1;
      const next = countTraffic(counter, reading('a', raw, raw));
      expect(next.added).toBeGreaterThanOrEqual(0);
      counter = next.counter;
      const { rawReceived, rawSent, received, sent } = counter;
      expect([rawReceived, rawSent, received, sent].every(Number.isSafeInteger)).toBe(true);
    }
    expect(countTraffic(counter, reading('b', 5, 5)).added).toBe(0);
  });

  test('the same reading again is nothing to write down', () => {
    const again = countTraffic(known, reading('a', 100, 10, at(50)));
    expect(again).toEqual({ counter: known, added: 0, changed: false });
    expect(countTraffic(known, reading('a', 100, 10, at(51))).changed).toBe(true);
    expect(countTraffic(known, reading('a', 100, 10, null)).changed).toBe(false);
  });

  test('F-W10: a peer that left its node begins at nothing when it is back, though it moves more than before', () => {
    const gone = countAbsence(known)!;
    expect(gone).toMatchObject({ received: 1100, sent: 110, rawReceived: 0, rawSent: 0 });
    expect(countAbsence(gone)).toBeNull();
    expect(countTraffic(gone, reading('a', 5000, 0)).counter.received).toBe(6100);
  });

  test('what is shown is what was counted and the newest reading, or either of them', () => {
    expect(totalsWith(known, null)).toBe(known);
    expect(totalsWith(null, null)).toBeNull();
    expect(totalsWith(null, { received: 1, sent: 2, handshakeAt: null })).toMatchObject({
      received: 1,
      sent: 2,
    });
    const live = { received: 130, sent: 15, handshakeAt: at(60) };
    expect(totalsWith(known, live)).toMatchObject({ received: 1130, sent: 115, handshakeAt: at(60) });
  });
});

/** A node: bytes move, it is made anew, the peer leaves and comes back; now and then somebody reads it. */
type Happening =
  | { readonly kind: 'moves'; readonly received: number; readonly sent: number }
  | { readonly kind: 'restarts' }
  | { readonly kind: 'leaves' }
  | { readonly kind: 'is read' }
  | { readonly kind: 'is read twice' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('moves' as const), received: fc.nat(1000), sent: fc.nat(1000) }),
  fc.record({ kind: fc.constantFrom('restarts' as const, 'leaves' as const) }),
  fc.record({ kind: fc.constantFrom('is read' as const, 'is read twice' as const) }),
);

interface Life {
  readonly trueBytes: number;
  readonly counted: number;
  /** Bytes that a restart took before anybody read them, or that an unnoticed one hid. */
  readonly unread: number;
  readonly shrank: boolean;
}

/** `tells`: every restart gives another boot, and every leaving is noticed. */
function live(happenings: readonly Happening[], tells: boolean): Life {
  let [trueBytes, received, sent, readBytes, boot] = [0, 0, 0, 0, 0];
  let lostUnread = 0;
  let known: TrafficCounter | null = null;
  let shrank = false;
  function read(): void {
    const before = known;
    const { counter } = countTraffic(known, reading(`boot ${boot}`, received, sent));
    shrank ||= before !== null && (counter.received < before.received || counter.sent < before.sent);
    known = counter;
    readBytes = received + sent;
  }
  function beginAnew(): void {
    lostUnread += received + sent - readBytes;
    [received, sent, readBytes] = [0, 0, 0];
  }
  for (const each of happenings) {
    if (each.kind === 'moves') {
      trueBytes += each.received + each.sent;
      received += each.received;
      sent += each.sent;
    } else if (each.kind === 'restarts') {
      beginAnew();
      if (tells) boot += 1;
    } else if (each.kind === 'leaves') {
      beginAnew();
      if (tells && known) known = countAbsence(known) ?? known;
    } else {
      read();
      if (each.kind === 'is read twice') read();
    }
  }
  read();
  return { trueBytes, counted: known!.received + known!.sent, unread: lostUnread, shrank };
}

describe('"counters doubled after a node restarts"', () => {
  test('a total never shrinks, is never below nothing and never above what really moved', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), fc.boolean(), (happenings, tells) => {
        const { trueBytes, counted, shrank } = live(happenings, tells);
        expect(shrank).toBe(false);
        expect(counted).toBeGreaterThanOrEqual(0);
        expect(counted).toBeLessThanOrEqual(trueBytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('when every restart is seen it is exact, but for what nobody read before the restart', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
        const { trueBytes, counted, unread } = live(happenings, true);
        expect(counted).toBe(trueBytes - unread);
      }),
      { numRuns: 2000 },
    );
  });
});
