import { describe, expect, test } from 'bun:test';
import { createBrake } from '../../../../src/server/adapters/telegram/brake.ts';
import { startBot } from '../../../support/bot-rig.ts';
import { eventually } from '../../../support/eventually.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('D6: the brake', () => {
  test('holds nobody while nobody complains, nor for one chat alone', async () => {
    const brake = createBrake(createManualClock());
    for (let each = 0; each < 1_000; each += 1) brake.refused(5);
    for (let each = 0; each < 1_000; each += 1) await brake.pass(0);
  });

  test('after complaints of three chats, calls go in order at 25 a second, and freely again after a while', async () => {
    const clock = createManualClock();
    const brake = createBrake(clock);
    for (const chat of [1, 2, 3]) brake.refused(chat);
    const gone: number[] = [];
    for (let each = 0; each < 50; each += 1) void brake.pass(60_000).then(() => gone.push(each));
    for (let step = 0; step < 25; step += 1) {
      clock.advance(40);
      await settle();
    }
    expect(gone).toEqual(Array.from({ length: 26 }, (_, index) => index));
    clock.advance(20_000);
    await settle();
    expect(gone).toHaveLength(50);
    for (let each = 0; each < 1_000; each += 1) await brake.pass(0);
  });

  test('a line too long is refused with how long it is', async () => {
    const brake = createBrake(createManualClock());
    for (const chat of [1, 2, 3]) brake.refused(chat);
    for (let each = 0; each < 100; each += 1) void brake.pass(60_000);
    await expect(brake.pass(1_000)).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 4_000,
      details: { chat: 'slow-down' },
    });
  });
});

test('D6: a burst over Telegram’s overall limit loses no answer, and does not hammer', async () => {
  await using rig = await startBot({ simulator: { limits: 'documented' } });
  const users = Array.from({ length: 120 }, (_, index) => rig.newUser(`U${index}`));
  for (const user of users) rig.control.sendText(user, '/start');
  await eventually(() => rig.desk.issues.filter((each) => each.livingMessageId !== null).length === 120, {
    withinMs: 15_000,
  });
  const calls = rig.control.journal({ method: 'sendMessage' });
  // Each is refused at most once or so: 90 beyond the first 30.
  expect(calls.filter((each) => each.status === 429).length).toBeLessThan(150);
}, 20_000);
