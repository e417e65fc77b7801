import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createOperatorStore } from '../../../../src/server/adapters/postgres/stores/operator-store.ts';
import type { SessionId } from '../../../../src/server/core/ids.ts';
import { createSessionEnds } from '../../../../src/server/core/session-ends.ts';
import { createSessions } from '../../../../src/server/services/way-in/sessions.ts';
import { type DashboardRig, openDashboardRig, PASSWORD } from '../../../support/dashboard-rig.ts';
import type { TestVisitor } from '../../../support/visitor.ts';

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openDashboardRig();
  await rig.operator('anna', 'owner');
});
afterAll(() => rig.close());

const HOUR_MS = 60 * 60_000;

async function loggedIn(name = 'anna'): Promise<TestVisitor> {
  const visitor = rig.visitor();
  await visitor.submit('/login', { name, password: PASSWORD });
  await visitor.get('/sessions');
  return visitor;
}

const sessionOf = async (visitor: TestVisitor) =>
  (await rig.part.sessions.find(visitor.cookies.get('__Host-adit-session')!, rig.now()))!;
const isIn = async (visitor: TestVisitor) => (await visitor.get('/sessions')).status === 200;
const lastAudit = async () => (await rig.audit()).at(-1)!;

describe('a session', () => {
  test('ends at logout: its cookie is taken, and refused when kept', async () => {
    const visitor = await loggedIn();
    const kept = new Map(visitor.cookies);
    expect((await visitor.post('/logout')).location).toBe('/login');
    expect(visitor.cookies.has('__Host-adit-session')).toBe(false);
    for (const [name, value] of kept) visitor.cookies.set(name, value);
    expect((await visitor.get('/sessions')).location).toBe('/login?next=%2Fsessions');
    expect(await lastAudit()).toMatchObject({
      action: 'logout',
      operator_name: 'anna',
      address: '127.0.0.1',
    });
  });

  test('ends everywhere at once when asked', async () => {
    const visitors = [await loggedIn(), await loggedIn(), await loggedIn()];
    const asked = await visitors[0]!.get('/sessions/end');
    expect(asked.status).toBe(200);
    await visitors[0]!.post('/sessions/end');
    for (const visitor of visitors) expect(await isIn(visitor)).toBe(false);
  });

  test('is listed with the others, and another of one’s own can be ended, nobody else’s', async () => {
    const [mine, other, foreign] = [await loggedIn(), await loggedIn(), await rig.signedIn('owner')];
    const { body } = await mine.get('/sessions');
    const [own, another] = [await sessionOf(mine), await sessionOf(other)];
    expect([body.includes(own.id), body.includes(another.id)]).toEqual([false, true]);
    const foreignId = (await sessionOf(foreign)).id;
    expect((await mine.post(`/sessions/${foreignId}/end`)).status).toBe(404);
    expect((await mine.post(`/sessions/${another.id}/end`)).status).toBe(303);
    expect([await isIn(mine), await isIn(other), await isIn(foreign)]).toEqual([true, false, true]);
  });

  test('ends after twelve hours unseen, and not while it is seen', async () => {
    const [quiet, busy] = [await loggedIn(), await loggedIn()];
    for (let count = 0; count < 3; count += 1) {
      rig.advance(5 * HOUR_MS);
      expect(await isIn(busy)).toBe(true);
    }
    expect(await isIn(quiet)).toBe(false);
  });

  test('an open stream counts as seen; after seven days it ends all the same', async () => {
    const visitor = await loggedIn();
    const { id } = await sessionOf(visitor);
    for (let hours = 0; hours < 7 * 24 - 8; hours += 8) {
      rig.advance(8 * HOUR_MS);
      expect(await rig.part.sessions.stillValid([id], rig.now())).toEqual(new Set([id]));
    }
    rig.advance(9 * HOUR_MS);
    expect(await rig.part.sessions.stillValid([id], rig.now())).toEqual(new Set());
    expect(await isIn(visitor)).toBe(false);
  });

  test('an operator has at most twenty; the oldest goes', async () => {
    const first = await loggedIn();
    for (let count = 0; count < 20; count += 1) await loggedIn();
    expect(await isIn(first)).toBe(false);
    const rows = await rig.database.admin`
      select s.id from adit.operator_sessions s join adit.operators o on o.id = s.operator_id where o.name = 'anna'`;
    expect(rows).toHaveLength(20);
  }, 20_000);
});

describe('F-S10 streams hear of the end', () => {
  const heard: SessionId[] = [];
  const listen = () => rig.wayIn.ends.onEnded((ids) => void heard.push(...ids));

  test('at once in this process, whatever ended it', async () => {
    // Room for two more: a login beyond twenty ends the oldest, and that is announced too.
    await rig.database.admin`delete from adit.operator_sessions`;
    const stop = listen();
    const [out, other] = [await loggedIn(), await loggedIn()];
    const ids = [(await sessionOf(out)).id, (await sessionOf(other)).id];
    await out.post('/logout');
    expect(heard).toEqual([ids[0]!]);
    await other.post('/sessions/end');
    expect(heard).toContain(ids[1]!);
    stop();
  });

  test('by asking when another process ended it', async () => {
    const visitor = await loggedIn();
    const session = await sessionOf(visitor);
    const elsewhere = createSessions({
      ...rig.wayIn,
      store: createOperatorStore(rig.connections),
      ends: createSessionEnds(),
    });
    const from = { address: '192.0.2.1', agent: '', deviceToken: null, now: rig.now() };
    await elsewhere.logOut(session, from);
    expect(await rig.part.sessions.stillValid([session.id], rig.now())).toEqual(new Set());
  });
});

describe('operators', () => {
  test('another role ends all logins: nothing opened for the old one goes on', async () => {
    const owner = await loggedIn();
    const bea = await rig.operator('bea', 'viewer');
    const visitor = await loggedIn('bea');
    await owner.get('/operators');
    expect((await owner.post(`/operators/${bea.id}/role`, { role: 'operator' })).status).toBe(303);
    expect(await isIn(visitor)).toBe(false);
    expect(await lastAudit()).toMatchObject({
      action: 'operator-role',
      subject: 'operator:bea',
      operator_name: 'anna',
    });
    expect((await sessionOf(await loggedIn('bea'))).operator.role).toBe('operator');
  });

  test('the last owner can neither be demoted nor removed, nor reset to less by a link', async () => {
    await rig.database.admin`delete from adit.operators where name like 'owner-%'`;
    const owner = await loggedIn();
    const { id } = (await sessionOf(owner)).operator;
    await owner.get('/operators');
    expect((await owner.post(`/operators/${id}/role`, { role: 'viewer' })).status).toBe(409);
    expect((await owner.post(`/operators/${id}/remove`, { typed: 'anna' })).status).toBe(409);
    const { body } = await owner.post('/operators', { name: 'anna', role: 'viewer' });
    await useLink(body);
    expect((await rig.wayIn.store.byName('anna'))!.role).toBe('owner');
  });

  test('a new one comes in by a link that is shown once, and no more than invited', async () => {
    const owner = await loggedIn();
    const { body } = await owner.submit('/operators', { name: 'Carl', role: 'viewer' });
    const carl = await useLink(body);
    expect((await sessionOf(carl)).operator).toMatchObject({ name: 'carl', role: 'viewer' });
    expect((await owner.get('/operators')).body).not.toContain('token=');
  });

  test('a removed one is out at once', async () => {
    const owner = await loggedIn();
    const dora = await rig.operator('dora', 'operator');
    const visitor = await loggedIn('dora');
    const asked = await owner.get(`/operators/${dora.id}/remove`);
    expect(asked.body).toContain('dora');
    for (const typed of ['', 'anna']) {
      expect((await owner.post(`/operators/${dora.id}/remove`, { typed })).status).toBe(422);
    }
    expect(await isIn(visitor)).toBe(true);
    await owner.post(`/operators/${dora.id}/remove`, { typed: ' Dora' });
    expect(await isIn(visitor)).toBe(false);
    expect((await rig.visitor().submit('/login', { name: 'dora', password: PASSWORD })).status).toBe(401);
  });

  test('another password ends the other logins and replaces the old one', async () => {
    await rig.operator('emil', 'viewer');
    const [here, there] = [await loggedIn('emil'), await loggedIn('emil')];
    const next = 'another four words here';
    const change = (current: string) => here.submit('/password', { current, password: next, again: next });
    expect((await change('not the current one')).status).toBe(422);
    expect((await change(PASSWORD)).status).toBe(303);
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
    expect((await rig.visitor().submit('/login', { name: 'emil', password: PASSWORD })).status).toBe(401);
    expect((await rig.visitor().submit('/login', { name: 'emil', password: next })).status).toBe(303);
  });

  async function useLink(page: string): Promise<TestVisitor> {
    const token = /\/setup\?token=([\w-]{43})/.exec(page)![1]!;
    const visitor = rig.visitor();
    await visitor.get(`/setup?token=${token}`);
    const reply = await visitor.post('/setup', { token, password: PASSWORD, again: PASSWORD });
    expect(reply.location).toBe('/totp');
    return visitor;
  }
});
