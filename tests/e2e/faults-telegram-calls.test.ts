/** Telegram answers badly to one user at a time, in every call the bot makes; the others must not notice. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { publicKeyOf } from '../../src/server/adapters/wireguard/key-maker.ts';
import { parsePrivateKey } from '../../src/server/core/wireguard-key.ts';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { watchHealth } from '../support/health-watch.ts';

/** The deadlines of src/server/adapters/telegram/exchange.ts, and a little for the work around the call. */
const SEND_MS = 10_000;
const UPLOAD_MS = 30_000;
/** The first retry of a job comes within this. */
const RETRY_MS = 2_000;
const SLACK_MS = 4_000;

let rig: AditRig;
let adit: AditProcess;
let lastUser = 1_000;
beforeAll(async () => {
  rig = await createAditRig({ tunnel: 'memory' });
  adit = await rig.start();
});
afterAll(() => rig[Symbol.asyncDispose]());

async function newUser(): Promise<number> {
  const user = ++lastUser;
  await rig.control.newUser(user);
  return user;
}

/** Milliseconds from the wish to the QR. */
async function timeOfTrial(user: number, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  await rig.control.say(user, '/trial');
  await rig.control.awaitMessage(user, { has: 'photo' }, withinMs);
  return performance.now() - startedAt;
}

async function timeOfAnswer(user: number, text: string, contains: string, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  await rig.control.say(user, text);
  await rig.control.awaitMessage(user, { from: 'bot', contains }, withinMs);
  return performance.now() - startedAt;
}

const documentsOf = async (user: number) =>
  (await rig.control.messages(user)).filter((each) => each.document).length;
const issuesOf = async (user: number) =>
  Number((await rig.sql`select count(*) from report.issues where account = ${user}`)[0]?.count);

/** New users one after another, until `until` resolves; the slowest of them. */
async function serveOthers(until: Promise<unknown>): Promise<{ count: number; worstMs: number }> {
  let over = false;
  void until.catch(() => undefined).finally(() => (over = true));
  const seen = { count: 0, worstMs: 0 };
  const serveOne = async () => {
    seen.worstMs = Math.max(seen.worstMs, await timeOfTrial(await newUser(), 10_000));
    seen.count += 1;
    return over;
  };
  await eventually(serveOne, { withinMs: 60_000, everyMs: 100 });
  return seen;
}

test('F-L4: 429 for an hour in one chat: its config waits, the others get theirs in three seconds', async () => {
  const told = await newUser();
  await rig.control.fault({
    kind: 'too_many_requests',
    method: 'sendDocument',
    chatId: told,
    retryAfterSeconds: 3_600,
  });
  await rig.control.say(told, '/trial');
  const isQueued = async () => {
    const jobs = await rig.sql`
      select 1 from adit_jobs.job
      where name = 'apply-peer' and state < 'active' and start_after > now() + interval '50 minutes'`;
    expect(jobs).toHaveLength(1);
  };
  for (let each = 0; each < 5; each += 1) {
    expect(await timeOfTrial(await newUser(), 10_000)).toBeLessThan(3_000);
  }
  await eventually(isQueued);
  expect(await documentsOf(told)).toBe(0);
  await rig.control.clearFaults();
  // Whoever asks again does not wait the hour out.
  await rig.control.say(told, '/trial');
  await rig.control.awaitMessage(told, { has: 'photo' });
  expect(await documentsOf(told)).toBe(1);
  expect(await issuesOf(told)).toBe(1);
}, 40_000);

test('F-L2, F-G4: every call that stalls ends by its deadline and succeeds later; nobody else waits', async () => {
  const health = watchHealth(adit);
  const stalls = ['stall_before_headers', 'stall_in_body'] as const;
  const scenes = stalls.flatMap((kind) => [
    stalledSend(kind),
    stalledEdit(kind),
    stalledUpload(kind, 'sendDocument'),
    stalledUpload(kind, 'sendPhoto'),
    stalledPress(kind),
  ]);
  const all = Promise.all([...scenes, postponedUpload()]);
  const others = await serveOthers(all);
  await all;
  expect(others.count).toBeGreaterThan(20);
  expect(others.worstMs).toBeLessThan(3_000);
  const { asked, failed, worstMs } = await health.report();
  expect(asked).toBeGreaterThan(100);
  expect(failed).toBe(0);
  expect(worstMs).toBeLessThan(250);
}, 90_000);

type Stall = 'stall_before_headers' | 'stall_in_body';

/** The word that stalled is not said again; the next question is answered, one deadline later at most. */
async function stalledSend(kind: Stall): Promise<void> {
  const user = await newUser();
  await timeOfAnswer(user, '/language', 'language', 5_000);
  await rig.control.fault({ kind, method: 'sendMessage', chatId: user, count: 1 });
  await rig.control.say(user, '/status');
  expect(await timeOfAnswer(user, '/help', 'How to connect', 30_000)).toBeLessThan(SEND_MS + SLACK_MS);
}

/** Only the last message edits: the config is there before it, and whoever asks goes on at once. */
async function stalledEdit(kind: Stall): Promise<void> {
  const user = await newUser();
  await rig.control.fault({ kind, method: 'editMessageText', chatId: user, count: 1 });
  expect(await timeOfTrial(user, 10_000)).toBeLessThan(3_000);
  expect(await timeOfAnswer(user, '/help', 'How to connect', 10_000)).toBeLessThan(3_000);
}

/** The config comes again with a new key, and exactly one that works is left in the chat. */
async function stalledUpload(kind: Stall, method: string): Promise<void> {
  const user = await newUser();
  await rig.control.fault({ kind, method, chatId: user, count: 1 });
  expect(await timeOfAnswer(user, '/trial', 'is ready', 60_000)).toBeLessThan(
    UPLOAD_MS + RETRY_MS + SLACK_MS,
  );
  const [peer] = await rig.sql`select public_key from report.peers where account = ${user} and wanted`;
  const written = /^PrivateKey = (.+)$/m.exec(await rig.control.config(user))?.[1] ?? '';
  expect(publicKeyOf(parsePrivateKey(written))).toBe(peer?.public_key);
  expect(await issuesOf(user)).toBe(1);
}

/** Too long to wait for inside the call (F-L4): the job waits instead, and the config comes by itself. */
async function postponedUpload(): Promise<void> {
  const user = await newUser();
  const order = { kind: 'too_many_requests', method: 'sendDocument', chatId: user, count: 1 } as const;
  await rig.control.fault({ ...order, retryAfterSeconds: 8 });
  const waited = await timeOfAnswer(user, '/trial', 'is ready', 60_000);
  expect(waited).toBeGreaterThan(8_000);
  expect(waited).toBeLessThan(8_000 + SLACK_MS);
  expect(await documentsOf(user)).toBe(1);
}

/** Whoever pressed is served although the pop-up's call hangs; pressing again works at once. */
async function stalledPress(kind: Stall): Promise<void> {
  const user = await newUser();
  await timeOfTrial(user, 10_000);
  await rig.control.say(user, '/devices');
  await rig.control.awaitMessage(user, { from: 'bot', contains: 'Your devices' });
  await rig.control.fault({ kind, method: 'answerCallbackQuery', count: 1 });
  const startedAt = performance.now();
  await rig.control.press(user, 'Device 1');
  await rig.control.awaitMessage(user, { from: 'bot', contains: 'Address:' }, SEND_MS + SLACK_MS);
  expect(performance.now() - startedAt).toBeLessThan(SEND_MS + SLACK_MS);
}
