import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { peerId } from '../../src/server/core/ids.ts';
import type { SubscriptionContent } from '../../src/server/core/ports/subscriptions.ts';
import { createServeSubscription } from '../../src/server/services/serve-subscription.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { sale, tokens } from '../support/vless-sale.ts';

const LINK = '0197a3e0-77aa-7b11-8a55-00000000000a';
const REVOKED = '0197a3e0-77aa-7b11-8a55-00000000000b';
const USER = { peerId: peerId('0197a3e0-77aa-7b11-8a55-000000000001'), keyNumber: 2, deviceName: 'Phone' };
const CONTENT: SubscriptionContent = {
  users: [USER],
  until: null,
  uploadedBytes: 1,
  downloadedBytes: 2,
  limit: null,
};
const never = new AbortController().signal;

function service(read?: () => Promise<SubscriptionContent | null>) {
  const clock = createManualClock();
  const asked: string[] = [];
  const reader = {
    content: async (id: string) => {
      asked.push(id);
      return read ? read() : id === LINK ? CONTENT : null;
    },
  };
  const serve = createServeSubscription({ tokens, reader, sale, clock });
  return {
    clock,
    asked,
    serve,
    ask: (token: string, address = '192.0.2.1') => serve({ token, address }, never),
  };
}

/** Lets what is due come, until the answer is there. */
async function answered<T>(clock: ReturnType<typeof createManualClock>, answer: Promise<T>): Promise<T> {
  let done = false;
  const watched = answer.finally(() => {
    done = true;
  });
  for (let turns = 0; turns < 50 && !done; turns += 1) await Promise.resolve();
  if (!done) clock.advance(100);
  return watched;
}

describe('a subscription', () => {
  test('answers the links of the account, made anew', async () => {
    const { ask } = service();
    expect(await ask(tokens.of(LINK))).toEqual({
      kind: 'found',
      links: [sale.linkOf(USER, 'Phone')],
      content: CONTENT,
    });
  });

  test('what nobody made never reaches the database, and is no sooner a "no" than what was revoked', async () => {
    const { ask, asked, clock } = service();
    for (const token of ['', 'x', 'A'.repeat(43), `${tokens.of(LINK)}x`]) {
      const asking = ask(token);
      let early = false;
      void asking.then(() => {
        early = true;
      });
      clock.advance(99);
      for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
      expect(early).toBe(false);
      expect(await answered(clock, asking)).toEqual({ kind: 'unknown' });
    }
    expect(asked).toEqual([]);
    expect(await answered(clock, ask(tokens.of(REVOKED)))).toEqual({ kind: 'unknown' });
    expect(asked).toEqual([REVOKED]);
  });

  test('one that is asked too often is told to wait, and others are not', async () => {
    const { ask } = service();
    const kinds: string[] = [];
    for (let count = 0; count < 12; count += 1)
      kinds.push((await ask(tokens.of(LINK), `192.0.2.${count}`)).kind);
    expect(kinds.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'found'));
    expect(kinds.slice(10)).toEqual(['slow-down', 'slow-down']);
  });

  test('an address that guesses is told to wait before it learns anything', async () => {
    const { ask, clock } = service();
    const kinds: string[] = [];
    for (let count = 0; count < 40; count += 1) kinds.push((await answered(clock, ask('guess'))).kind);
    expect(kinds[0]).toBe('unknown');
    expect(kinds.at(-1)).toBe('slow-down');
    expect((await ask(tokens.of(LINK))).kind).toBe('slow-down');
    expect((await ask(tokens.of(LINK), '192.0.2.2')).kind).toBe('found');
  });

  test('F-L2: a database that hangs is waited for three seconds', async () => {
    const { ask, clock } = service(() => new Promise(() => undefined));
    const asking = ask(tokens.of(LINK)).catch((error: AppError) => error.code);
    for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
    clock.advance(3_000);
    expect(await asking).toBe('timeout');
  });
});

test('a reader that fails is no answer', async () => {
  const { ask } = service(() => Promise.reject(new AppError('unavailable', 'away')));
  expect(await ask(tokens.of(LINK)).catch((error: AppError) => error.code)).toBe('unavailable');
});
