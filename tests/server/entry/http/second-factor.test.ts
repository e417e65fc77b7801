import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { codeAt } from '../../../../src/server/adapters/credentials/one-time-codes.ts';
import { type DashboardRig, openDashboardRig, PASSWORD } from '../../../support/dashboard-rig.ts';
import type { TestVisitor } from '../../../support/visitor.ts';

let rig: DashboardRig;
let key: string;
let recovery: readonly string[];
beforeAll(async () => {
  rig = await openDashboardRig();
  await rig.operator('anna', 'owner');
});
afterAll(() => rig.close());

const STEP_MS = 30_000;
const stepNow = () => Math.floor(rig.now().getTime() / STEP_MS);
const code = (offset = 0) => codeAt(key, stepNow() + offset);
const wrongCode = () => String((Number(code()) + 1) % 1_000_000).padStart(6, '0');
/** Every code of before is out of the window; a step has just begun, so that none ends in the middle of a test. */
const laterOn = () => rig.advance(6 * STEP_MS - (rig.now().getTime() % STEP_MS));

async function passwordGiven(): Promise<TestVisitor> {
  const visitor = rig.visitor();
  const reply = await visitor.submit('/login', { name: 'anna', password: PASSWORD, next: '/sessions' });
  expect(reply.location).toBe('/login/totp?next=%2Fsessions');
  await visitor.get('/login/totp');
  return visitor;
}

const give = (visitor: TestVisitor, typed: string) =>
  visitor.post('/login/totp', { code: typed, next: '/sessions' });

describe('enrolling', () => {
  let visitor: TestVisitor;
  let other: TestVisitor;
  beforeAll(async () => {
    [visitor, other] = [rig.visitor(), rig.visitor()];
    for (const each of [visitor, other]) await each.submit('/login', { name: 'anna', password: PASSWORD });
  });

  test('shows a key and its QR code, the same until it is confirmed', async () => {
    const [first, second] = [await visitor.get('/totp'), await visitor.get('/totp')];
    key = /\b[A-Z2-7]{32}\b/.exec(first.body)![0];
    expect(second.body).toContain(key);
    expect(first.body).toContain('class="qr-dark"');
    expect((await rig.wayIn.store.byName('anna'))!.totpSealed).toBeNull();
  });

  test('is not done by a wrong code', async () => {
    expect((await visitor.post('/totp', { code: wrongCode() })).status).toBe(422);
    expect((await visitor.post('/totp', { code: '' })).status).toBe(422);
    expect((await rig.wayIn.store.byName('anna'))!.totpSealed).toBeNull();
  });

  test('is done by a right one: ten recovery codes are shown once, logins without it end', async () => {
    const reply = await visitor.post('/totp', { code: code() });
    recovery = [...reply.body.matchAll(/\b\d{5}-\d{5}-\d{5}-\d{5}\b/g)].map((match) => match[0]);
    expect(new Set(recovery).size).toBe(10);
    expect((await visitor.get('/sessions')).status).toBe(200);
    expect((await other.get('/sessions')).status).toBe(303);
    expect((await visitor.get('/totp')).location).toBe('/sessions');
  });

  test('neither the key nor a recovery code is in the database', async () => {
    const rows = await rig.database.admin`select * from adit.operators, adit.recovery_codes`;
    expect(rows).toHaveLength(10);
    const stored = JSON.stringify(rows);
    for (const secret of [key, ...recovery, ...recovery.map((each) => each.replaceAll('-', ''))]) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe('logging in with it', () => {
  test('the password alone opens nothing', async () => {
    const visitor = await passwordGiven();
    expect(visitor.cookies.has('__Host-adit-session')).toBe(false);
    visitor.cookies.set('__Host-adit-session', visitor.cookies.get('__Host-adit-code')!);
    expect((await visitor.get('/sessions')).status).toBe(303);
  });

  test('a code is taken once: not in another login, not in the same, not an older one', async () => {
    laterOn();
    const used = code();
    const [first, second] = [await passwordGiven(), await passwordGiven()];
    expect((await give(first, used)).location).toBe('/sessions');
    expect((await give(second, used)).status).toBe(401);
    expect((await give(second, code(-1))).status).toBe(401);
    expect((await give(second, code(1))).location).toBe('/sessions');
  });

  test('of twenty uses of one code at once one gets in', async () => {
    laterOn();
    const visitors = [];
    for (let count = 0; count < 20; count += 1) visitors.push(await passwordGiven());
    const replies = await Promise.all(visitors.map((each) => give(each, code())));
    expect(replies.filter((each) => each.status === 303)).toHaveLength(1);
  }, 20_000);

  test('the window is one step before and after', async () => {
    rig.advance(60 * 60_000);
    laterOn();
    for (const [offset, status] of [
      [-2, 401],
      [2, 401],
      [-1, 303],
      [1, 303],
    ] as const) {
      expect([offset, (await give(await passwordGiven(), code(offset))).status]).toEqual([offset, status]);
    }
  });

  test('a code may be typed with a space', async () => {
    laterOn();
    const typed = code().replace(/^(...)/, '$1 ');
    expect((await give(await passwordGiven(), ` ${typed}`)).status).toBe(303);
  });

  test('five minutes after the password it is over', async () => {
    const visitor = await passwordGiven();
    rig.advance(5 * 60_000 + 1000);
    expect((await give(visitor, code())).location).toBe('/login?next=%2Fsessions');
    const { body } = await visitor.get('/login');
    expect(body).toContain('five minutes');
    expect((await visitor.get('/login')).body).not.toContain('five minutes');
  });

  test('a recovery code opens once, with or without its dashes', async () => {
    const [first, second] = recovery as [string, string];
    expect((await give(await passwordGiven(), first)).status).toBe(303);
    expect((await give(await passwordGiven(), first)).status).toBe(401);
    expect((await give(await passwordGiven(), second.replaceAll('-', ''))).status).toBe(303);
    expect((await rig.audit()).at(-1)).toMatchObject({ action: 'login', details: { by: 'recovery-code' } });
  });

  test('guessing is slowed down, and the known browser is not', async () => {
    rig.advance(2 * 60 * 60_000);
    laterOn();
    const home = await passwordGiven();
    expect((await give(home, code())).status).toBe(303);
    const thief = rig.visitor({ 'x-forwarded-for': '198.51.100.66' });
    await thief.submit('/login', { name: 'anna', password: PASSWORD });
    await thief.get('/login/totp');
    for (let count = 0; count < 5; count += 1) expect((await give(thief, wrongCode())).status).toBe(401);
    const refused = await give(thief, code(1));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    await home.submit('/login', { name: 'anna', password: PASSWORD });
    await home.get('/login/totp');
    expect((await give(home, code(1))).status).toBe(303);
  });
});

describe('new recovery codes', () => {
  test('take a code; those of before open nothing any more', async () => {
    laterOn();
    const visitor = await passwordGiven();
    await give(visitor, code());
    await visitor.get('/totp/codes');
    expect((await visitor.post('/totp/codes', { code: wrongCode() })).status).toBe(422);
    const { body } = await visitor.post('/totp/codes', { code: code(1) });
    const fresh = [...body.matchAll(/\b\d{5}-\d{5}-\d{5}-\d{5}\b/g)].map((match) => match[0]);
    expect(new Set([...fresh, ...recovery]).size).toBe(20);
    expect((await rig.audit()).at(-1)).toMatchObject({
      action: 'recovery-codes-new',
      details: { by: 'code' },
    });
    expect((await give(await passwordGiven(), recovery[5]!)).status).toBe(401);
    expect((await give(await passwordGiven(), fresh[0]!)).status).toBe(303);
  });

  test('are not for who has no second factor', async () => {
    const visitor = await rig.signedIn('viewer');
    expect((await visitor.submit('/totp/codes', { code: '123456' })).status).toBe(422);
  });
});

describe('turning it off', () => {
  test('takes a code; afterwards the password is enough', async () => {
    laterOn();
    const visitor = await passwordGiven();
    await give(visitor, code());
    await visitor.get('/totp/off');
    expect((await visitor.post('/totp/off', { code: wrongCode() })).status).toBe(422);
    expect((await visitor.post('/totp/off', { code: code(1) })).location).toBe('/sessions');
    expect((await visitor.submit('/login', { name: 'anna', password: PASSWORD })).location).toBe('/');
    expect((await rig.audit()).map((row) => row.action)).toContain('second-factor-off');
    expect(await rig.database.admin`select * from adit.recovery_codes`).toHaveLength(0);
  });
});
