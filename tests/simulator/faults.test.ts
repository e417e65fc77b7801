import { describe, expect, test } from 'bun:test';
import { createFaultBook, type FaultKind } from '../../src/server/simulator/model/faults.ts';
import { startSimulator } from '../support/simulator.ts';

/** What a caller with a deadline sees: the status and body, or how the call broke. */
async function attempt(apiRoot: string, chat_id: number, deadlineMs = 300) {
  const url = `${apiRoot}/bot4242:SIMULATED-TOKEN_for-tests/sendMessage`;
  const body = JSON.stringify({ chat_id, text: 'x' });
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(deadlineMs),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { broke: (error as Error).name === 'TimeoutError' ? 'stalled' : 'reset' };
  }
}

describe('E11 F-L2 faults to order', () => {
  const kinds: readonly (readonly [FaultKind, object, boolean])[] = [
    ['stall_before_headers', { broke: 'stalled' }, false],
    ['stall_in_body', { broke: 'stalled' }, true],
    ['reset', { broke: 'reset' }, false],
    ['reset_in_body', { broke: 'reset' }, true],
    ['slow_bytes', { broke: 'stalled' }, true],
    ['lost', { broke: 'stalled' }, true],
    ['late', { broke: 'stalled' }, true],
    ['empty', { status: 200, body: '' }, false],
    ['html', { status: 200, body: expect.stringContaining('<html>') }, false],
    ['huge', { status: 200, body: expect.stringMatching(/x{100}/) }, false],
    ['server_error', { status: 500, body: expect.stringContaining('"error_code":500') }, false],
    ['too_many_requests', { status: 429, body: expect.stringContaining('"retry_after":1') }, false],
  ];
  test.each(kinds)('%s hits one call and is used up', async (kind, seen, isExecuted) => {
    await using sim = await startSimulator();
    const user = sim.newUser();
    sim.control.orderFault({ kind, count: 1, method: 'sendMessage' });
    expect(await attempt(sim.apiRoot, user)).toMatchObject(seen);
    const arrived = sim.control.messages(user).filter((message) => message.from.is_bot);
    expect(arrived).toHaveLength(isExecuted ? 1 : 0);
    expect(await attempt(sim.apiRoot, user, 3_000)).toMatchObject({ status: 200 });
  });

  test('F-L4 429 for one chat leaves the others alone and counts in the journal', async () => {
    await using sim = await startSimulator();
    const [ann, bob] = [sim.newUser('Ann'), sim.newUser('Bob')];
    sim.control.orderFault({ kind: 'too_many_requests', chatId: ann, retryAfterSeconds: 3600 });
    const refused = await sim.call('sendMessage', { chat_id: ann, text: 'x' });
    expect(refused.parameters).toEqual({ retry_after: 3600 });
    expect((await sim.call('sendMessage', { chat_id: bob, text: 'x' })).ok).toBe(true);
    const [entry] = sim.control.journal({ chatId: ann });
    expect(entry).toMatchObject({ method: 'sendMessage', status: 429, fault: 'too_many_requests' });
    sim.control.clearFaults();
    expect((await sim.call('sendMessage', { chat_id: ann, text: 'x' })).ok).toBe(true);
  });

  test('F-G5 a token revoked in mid-life: 401 in Telegram’s form', async () => {
    await using sim = await startSimulator();
    sim.control.orderFault({ kind: 'server_error', status: 401 });
    expect(await sim.call('getMe')).toMatchObject({
      status: 401,
      error_code: 401,
      description: 'Unauthorized',
    });
  });

  test('a fault without a count stays until cleared and counts its hits', () => {
    const book = createFaultBook();
    const id = book.order({ kind: 'empty', method: 'sendPhoto' });
    expect(book.take('getMe', 1)).toBeUndefined();
    book.take('SENDPHOTO', 1);
    expect(book.take('sendPhoto', undefined)).toMatchObject({ id, hits: 2 });
    book.clear(id);
    expect(book.list()).toEqual([]);
  });
});
