/** What Telegram orders a bot to do, and what strange things it may send. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { expectWhole } from '../support/whole-invariants.ts';

let rig: AditRig;
let adit: AditProcess;
beforeAll(async () => {
  rig = await createAditRig({ tunnel: 'memory' });
  adit = await rig.start();
});
afterAll(() => rig[Symbol.asyncDispose]());

const peersOf = (user: number) =>
  rig.sql`select public_key, ip4 from report.peers where account = ${user} and wanted`;
const isBlocked = async (user: number) =>
  (await rig.sql`select 1 from adit.accounts where id = ${user} and blocked_at is not null`).length === 1;
const documentsOf = async (user: number) =>
  (await rig.control.messages(user)).filter((each) => each.document).length;

async function ask(user: number, text: string, contains: string, withinMs = 10_000): Promise<void> {
  const last = (await rig.control.messages(user)).at(-1)?.message_id ?? 0;
  await rig.control.say(user, text);
  await rig.control.awaitMessage(user, { from: 'bot', contains, afterMessageId: last }, withinMs);
}

/** Readiness names the trouble; health does not care. */
async function expectNotReady(reason: string): Promise<void> {
  await eventually(async () => {
    const { status, body } = await adit.get('/readyz');
    expect(status).toBe(503);
    expect(body).toContain(reason);
  });
  expect((await adit.get('/healthz')).status).toBe(200);
}

test('F-G5: 400 on a message: that user hears nothing more of it, the next question is answered', async () => {
  await rig.control.newUser(1);
  await ask(1, '/language', 'language');
  const bad = { status: 400, description: "Bad Request: can't parse entities: unsupported start tag" };
  await rig.control.fault({ kind: 'server_error', method: 'sendMessage', chatId: 1, count: 1, ...bad });
  await rig.control.say(1, '/status');
  await ask(1, '/help', 'How to connect');
  expect(await isBlocked(1)).toBe(false);
  expect((await adit.get('/readyz')).status).toBe(200);
});

test('F-G5, F-G6: blocked after the issue: the peer is kept, and /start gives the config of the same one', async () => {
  const user = 2;
  await rig.control.newUser(user);
  await ask(user, '/help', 'How to connect');
  const refusal = { status: 403, description: 'Forbidden: bot was blocked by the user' };
  await rig.control.fault({ kind: 'server_error', method: 'sendDocument', chatId: user, ...refusal });
  await rig.control.say(user, '/trial');
  await eventually(() => isBlocked(user), { withinMs: 10_000 });
  const [before] = await peersOf(user);
  await rig.control.block(user, true);
  await eventually(async () => {
    const open = await rig.database
      .admin`select 1 from report.jobs where state in ('created', 'active', 'retry')
      and queue = 'apply-peer'`;
    expect(open).toHaveLength(0);
  });
  await rig.control.clearFaults();
  await rig.control.block(user, false);
  await rig.control.say(user, '/start');
  await rig.control.awaitMessage(user, { has: 'photo' });
  const after = await peersOf(user);
  expect(after).toHaveLength(1);
  expect(after[0]?.ip4).toBe(before?.ip4);
  expect(await documentsOf(user)).toBe(1);
  expect(await isBlocked(user)).toBe(false);
}, 30_000);

test('F-G5: 401: said once and in readiness, few calls, no end of the program; a new start with a good token serves', async () => {
  await rig.control.fault({ kind: 'server_error', status: 401, description: 'Unauthorized' });
  await rig.control.newUser(3);
  await rig.control.say(3, '/help');
  await expectNotReady('Telegram refuses the bot token');
  const counted = async () => Number((await rig.control.counters()).calls);
  const before = await counted();
  const said = () => adit.lines().filter((line) => String(line.msg).startsWith('Telegram does not know'));
  expect(said()).toHaveLength(1);
  // The doctor and the status page ask the database; three looks of ours must not make the bot try again.
  for (let look = 0; look < 3; look += 1) await adit.get('/readyz');
  expect((await counted()) - before).toBeLessThan(5);
  expect(await adit.kill('SIGTERM')).toBe(0);
  await rig.control.clearFaults();
  adit = await rig.start();
  await ask(3, '/help', 'How to connect');
}, 40_000);

test('F-G5: 409: another poller is named in readiness, and the bot goes on when it is gone', async () => {
  const description =
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
  await rig.control.fault({ kind: 'server_error', method: 'getUpdates', status: 409, description, count: 3 });
  await rig.control.newUser(4);
  await rig.control.say(4, '/help');
  await expectNotReady('another program polls with the same bot token');
  await eventually(async () => (await adit.get('/readyz')).status === 200, { withinMs: 15_000 });
  await ask(4, '/language', 'language');
  const said = adit.lines().filter((line) => String(line.msg).startsWith('another process takes updates'));
  expect(said).toHaveLength(1);
}, 40_000);

test('F-G7: gaps, lower ids, unknown kinds, wreckage and monsters: nobody is lost, nothing is an error', async () => {
  const user = 5;
  await rig.control.newUser(user, 'en', '\u0000\u202e<b>[Peer]🦊');
  await ask(user, '/start', '<b>[Peer]🦊');
  const { disturb } = rig.control;
  await disturb({ kind: 'unknown' });
  await disturb({ kind: 'malformed' });
  await disturb({ kind: 'raw', fields: { message: null, callback_query: { id: 5, from: [] } } });
  await disturb({ kind: 'raw', fields: { channel_post: { chat: { id: -1, type: 'channel' } } } });
  await disturb({ kind: 'raw', fields: { edited_message: { text: '/trial', from: { id: user } } } });
  await disturb({ kind: 'gap', ids: 1_000_000 });
  await ask(user, '/help', 'How to connect');
  await disturb({ kind: 'reset', nextId: 17 });
  await ask(user, '/language', 'language');
  await ask(user, 'ж'.repeat(4_096), 'button');
  await ask(user, 'a\u0000b\u2028\u202e', 'button');
  const far = 2 ** 52 + 1;
  await rig.control.newUser(far, 'ru', 'Ира');
  await rig.control.say(far, '/trial');
  await rig.control.awaitMessage(far, { has: 'photo' });
  expect(await peersOf(far)).toHaveLength(1);
  expect(adit.lines().filter((line) => line.level === 'error' || line.level === 50)).toEqual([]);
  expect((await adit.get('/readyz')).status).toBe(200);
  await expectWhole(rig, { adit, users: [2, user, far] });
}, 30_000);

test('F-L2: getUpdates that never answers: users wait its deadline at most, then the bot goes on by itself', async () => {
  await rig.control.newUser(6);
  // After the reset the bot asks anew without a long poll, so that the stalled call's deadline is ten seconds.
  await rig.control.fault({ kind: 'reset', method: 'getUpdates', count: 1 });
  await rig.control.fault({ kind: 'stall_before_headers', method: 'getUpdates', count: 1 });
  await ask(6, '/language', 'language');
  const startedAt = performance.now();
  await ask(6, '/help', 'How to connect', 30_000);
  expect(performance.now() - startedAt).toBeGreaterThan(9_000);
  expect(performance.now() - startedAt).toBeLessThan(16_000);
  await eventually(async () => (await adit.get('/readyz')).status === 200);
}, 50_000);
