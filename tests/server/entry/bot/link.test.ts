import { describe, expect, test } from 'bun:test';
import { startBot } from '../../../support/bot-rig.ts';
import { eventually } from '../../../support/eventually.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

type Rig = Awaited<ReturnType<typeof startBot>>;

const warnings = (rig: Rig) =>
  rig.log.lines.filter((each) => each.level === 'warn' || each.level === 'error').map((each) => each.message);
/** Calls so far, also those the simulator does not know the token of. */
async function callsOf(rig: Rig): Promise<number> {
  const counts = (await rig.metrics.render()).matchAll(/^adit_call_seconds_count\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, each) => sum + Number(each[1]), 0);
}

/** Lets the bot's waits end one after another until the condition holds. */
const pass = (clock: ReturnType<typeof createManualClock>, look: () => boolean | Promise<boolean>) =>
  eventually(() => {
    clock.advance(10_000);
    return look();
  });

describe('F-G5: the polling loop', () => {
  test('a wrong token: one clear error, a state that says so, and one look a minute', async () => {
    const clock = createManualClock();
    await using rig = await startBot({ clock, token: '4242:revoked' });
    await eventually(() => rig.bot.status().state === 'unauthorized');
    const before = await callsOf(rig);
    clock.advance(59_000);
    await rig.bot.idle();
    expect(await callsOf(rig)).toBe(before);
    await pass(clock, async () => (await callsOf(rig)) >= before + 3);
    const errors = rig.log.lines.filter((each) => each.level === 'error');
    expect(errors.map((each) => each.message)).toEqual([
      'Telegram does not know the bot token: check BOT_TOKEN. Trying again once a minute',
    ]);
    expect(Bun.inspect(rig.log.lines, { depth: 10 })).not.toContain('revoked');
  });

  test('two pollers: one warning, growing waits, and work goes on when the other is gone', async () => {
    await using rig = await startBot({ mode: { kind: 'polling', pollSeconds: 1 } });
    rig.control.orderFault({ kind: 'server_error', status: 409, method: 'getUpdates', count: 2 });
    const user = rig.newUser();
    rig.control.sendText(user, '/help');
    await eventually(() => rig.bot.status().state === 'conflict');
    await rig.says(user, 'How to connect');
    expect(warnings(rig)).toEqual([
      'another process takes updates with the same bot token: stop one of them. Trying again',
    ]);
    expect(rig.bot.record()?.failuresInRow).toBe(0);
  });

  test('a webhook left behind by an earlier setting is taken away before polling', async () => {
    await using rig = await startBot();
    await eventually(() => rig.bot.status().state === 'running');
    await rig.bot.stop(100);
    await rig.api.setWebhook('https://old.example/telegram');
    rig.bot.start();
    await rig.ask(rig.newUser(), '/start', 'Preparing');
    expect(await rig.look<{ url: string }>('getWebhookInfo')).toMatchObject({ url: '' });
  });

  test('a Telegram that stands still or breaks off: warned once, and served when it is back', async () => {
    const clock = createManualClock();
    await using rig = await startBot({ clock, mode: { kind: 'polling', pollSeconds: 1 } });
    await eventually(() => rig.bot.status().state === 'running');
    for (const kind of ['reset', 'reset_in_body', 'html', 'empty', 'server_error'] as const) {
      rig.control.orderFault({ kind, method: 'getUpdates', count: 1 });
    }
    const user = rig.newUser();
    await eventually(() => rig.bot.status().state === 'unreachable');
    rig.control.sendText(user, '/help');
    await pass(clock, () => rig.control.messages(user).some((each) => each.text?.includes('How to connect')));
    expect(warnings(rig)).toEqual(['Telegram does not answer. Trying again']);
  });

  test('starting twice, stopping twice, and stopping before a start are all safe', async () => {
    await using rig = await startBot();
    rig.bot.start();
    await rig.ask(rig.newUser(), '/start', 'Preparing');
    await Promise.all([rig.bot.stop(1_000), rig.bot.stop(1_000)]);
    expect(rig.bot.status().state).toBe('stopped');
    await rig.bot.stop(0);
  });

  test('stopping waits for what is in hand, though not for ever', async () => {
    await using rig = await startBot();
    const gate = Promise.withResolvers<void>();
    rig.desk.gateOf = () => gate.promise;
    const user = rig.newUser();
    rig.control.sendText(user, '/start');
    await eventually(() => rig.bot.status().running === 1);
    await rig.bot.stop(20);
    expect(rig.bot.status().running).toBe(1);
    const stopped = rig.bot.stop(60_000);
    gate.resolve();
    await stopped;
    await rig.says(user, 'Preparing');
  });
});

test('a poll names the kinds of updates it wants', async () => {
  await using rig = await startBot();
  await rig.ask(rig.newUser(), '/start', 'Preparing');
  const [poll] = rig.control.journal({ method: 'getUpdates' });
  const allowed = poll?.params.allowed_updates;
  expect(typeof allowed === 'string' ? JSON.parse(allowed) : allowed).toEqual([
    'message',
    'callback_query',
    'my_chat_member',
  ]);
});
