/** The webhook of the compiled binary. The test posts in Telegram's place; the simulator hears what the bot answers. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type AditProcess, startAdit } from '../support/adit-process.ts';
import { type AditRig, BINARY, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { watchHealth } from '../support/health-watch.ts';
import { here } from '../support/place.ts';
import { textUpdate } from '../support/telegram-updates.ts';

const SECRET = 'webhook-secret_0123456789-0123456789';
const PATH = '/telegram/hook';
const WEBHOOK = {
  TELEGRAM_MODE: 'webhook',
  // Telegram demands https. The simulator finds nobody there; the test delivers by itself, as Telegram's proxy would.
  WEBHOOK_URL: `https://127.0.0.1:9${PATH}`,
  WEBHOOK_SECRET: SECRET,
};

let rig: AditRig;
let adit: AditProcess;
let nextUpdate = 500_000;
beforeAll(async () => {
  rig = await createAditRig({ tunnel: 'memory', env: WEBHOOK });
  adit = await rig.start();
});
afterAll(() => rig[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly ms: number;
}

async function post(body: BodyInit, secret: string | null = SECRET): Promise<Answer> {
  const startedAt = performance.now();
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (secret !== null) headers['x-telegram-bot-api-secret-token'] = secret;
  const { status } = await adit.get(PATH, { method: 'POST', body, headers });
  return { status, ms: performance.now() - startedAt };
}

/** A chat the bot may write to; what the user says there reaches the bot only through the test. */
async function arrive(user: number): Promise<void> {
  await rig.control.newUser(user);
  await rig.control.say(user, 'hello');
}

const say = (user: number, text: string, updateId = ++nextUpdate) =>
  post(textUpdate({ updateId, user, text }));
const residentKiB = async () =>
  Number(/VmRSS:\s+(\d+)/.exec(await Bun.file(`/proc/${adit.pid}/status`).text())?.[1]);
const issuesOf = async (user: number) =>
  Number((await rig.sql`select count(*) from report.issues where account = ${user}`)[0]?.count);

test('F-G3: the same update a hundred times at once: one issue, one config, each answered within a second', async () => {
  const user = 100;
  await arrive(user);
  const updateId = ++nextUpdate;
  const answers = await Promise.all(Array.from({ length: 100 }, () => say(user, '/trial', updateId)));
  expect(new Set(answers.map((each) => each.status))).toEqual(new Set([200]));
  expect(Math.max(...answers.map((each) => each.ms))).toBeLessThan(1_000);
  await rig.control.awaitMessage(user, { has: 'photo' });
  expect((await say(user, '/trial', updateId)).status).toBe(200);
  expect(await issuesOf(user)).toBe(1);
  const documents = (await rig.control.messages(user)).filter((each) => each.document);
  expect(documents).toHaveLength(1);
}, 20_000);

test('F-G3: with the inbox locked Telegram hears 503 within a second, and the redelivery is served once', async () => {
  const user = 101;
  await arrive(user);
  const updateId = ++nextUpdate;
  const health = watchHealth(adit);
  await rig.database.admin.begin(async (tx) => {
    await tx`lock table adit.updates in access exclusive mode`;
    const answers = await Promise.all([say(user, '/trial', updateId), say(user, '/trial', updateId)]);
    for (const { status, ms } of answers) {
      expect(status).toBe(503);
      expect(ms).toBeLessThan(1_000);
    }
  });
  expect((await say(user, '/trial', updateId)).status).toBe(200);
  await rig.control.awaitMessage(user, { has: 'photo' });
  expect(await issuesOf(user)).toBe(1);
  expect(await health.report()).toMatchObject({ failed: 0 });
}, 20_000);

test('F-G3: with the accounts locked Telegram is answered within a second, and the user is served when they are free', async () => {
  const user = 102;
  await arrive(user);
  const updateId = ++nextUpdate;
  await rig.database.admin.begin(async (tx) => {
    await tx`lock table adit.accounts in access exclusive mode`;
    const first = await say(user, '/trial', updateId);
    const second = await say(user, '/trial', updateId);
    expect(first.status).toBe(200);
    // The repeat may wait for the transaction of the first; Telegram sends it once more then.
    expect([200, 503]).toContain(second.status);
    expect(Math.max(first.ms, second.ms)).toBeLessThan(1_000);
  });
  await rig.control.awaitMessage(user, { has: 'photo' });
  expect(await issuesOf(user)).toBe(1);
}, 20_000);

test.each<[string, string | null]>([
  ['no secret', null],
  ['a short one', 'short'],
  ['a prefix of it', SECRET.slice(0, -1)],
  ['one character more', `${SECRET}x`],
  ['another case', SECRET.toUpperCase()],
])('F-S13: %s is 401, before the body is looked at', async (_what, secret) => {
  expect((await post('{"not json', secret)).status).toBe(401);
  expect((await post(textUpdate({ updateId: ++nextUpdate, user: 103, text: '/trial' }), secret)).status).toBe(
    401,
  );
  expect(await issuesOf(103)).toBe(0);
});

test('F-S13: ten megabytes are refused, with the secret by their size, without it unread', async () => {
  const big = new Uint8Array(10 * 1024 * 1024).fill(0x20);
  expect((await post(big, 'wrong')).status).toBe(401);
  expect((await post(big)).status).toBe(413);
  expect((await post('{}')).status).toBe(400);
});

test('F-S13: thousands of wrong secrets: all 401, memory flat, no word to Telegram, the valid one is served', async () => {
  const user = 104;
  await arrive(user);
  const body = textUpdate({ updateId: 1, user: 105, text: '/trial' });
  const flood = (count: number) => Promise.all(Array.from({ length: count }, () => post(body, 'wrong')));
  await flood(500);
  const before = await residentKiB();
  const health = watchHealth(adit);
  const statuses = new Set<number>();
  for (let round = 0; round < 10; round += 1) {
    const served = round === 5 ? say(user, '/trial') : null;
    for (const { status } of await flood(500)) statuses.add(status);
    expect((await served)?.status ?? 200).toBe(200);
  }
  expect(statuses).toEqual(new Set([401]));
  await rig.control.awaitMessage(user, { has: 'photo' });
  expect(await health.report()).toMatchObject({ failed: 0 });
  expect((await residentKiB()) - before).toBeLessThan(40 * 1024);
  // Once, at the start: what the bot is called. A secret is no reason to ask.
  const asked = (await rig.control.journal()).filter((each) => each.method === 'getMe');
  expect(asked.length).toBeLessThanOrEqual(1);
}, 30_000);

test.each<[string, Record<string, string>, string]>([
  ['no secret', { WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET is not set'],
  ['a short secret', { WEBHOOK_SECRET: 'k'.repeat(31) }, 'WEBHOOK_SECRET is not right'],
  ['a plain http address', { WEBHOOK_URL: 'http://vpn.example.com/telegram' }, 'WEBHOOK_URL'],
])('F-S13: a start with %s is refused with exit code 2', async (_what, wrong, said) => {
  const env = { ...rig.env, ...wrong };
  const refused = startAdit(here, [BINARY, 'serve'], { cwd: rig.cwd, env });
  expect(await refused.exited).toBe(2);
  await eventually(() => refused.output().includes(said));
  expect(refused.output()).not.toContain('k'.repeat(31));
});
