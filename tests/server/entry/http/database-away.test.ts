import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type DashboardRig, openDashboardRig, PASSWORD } from '../../../support/dashboard-rig.ts';
import { eventually } from '../../../support/eventually.ts';
import { timeOf } from '../../../support/failures.ts';

setDefaultTimeout(30_000);

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openDashboardRig({ behindProxy: true });
  await rig.operator('anna', 'owner');
});
afterAll(async () => {
  rig.network!.heal();
  await rig.close();
});

const SOON_MS = 1_000;

describe('with the database away', () => {
  test.each([
    ['refuses', () => [rig.network!.refuse(), rig.network!.drop()]],
    ['is silent', () => [rig.network!.halfOpen({ alsoNew: true })]],
  ])('pages say so within a second and come back by themselves: it %s', async (_, goAway) => {
    const visitor = await rig.signedIn('viewer');
    expect((await visitor.get('/sessions')).status).toBe(200);
    goAway();
    const look = () => visitor.get('/sessions?a=1');
    const { status, body, headers } = await look();
    expect(status).toBe(503);
    expect(body).toContain('data-error="database-away"');
    expect(body).toContain('href="/sessions?a=1"');
    expect([headers.get('refresh'), headers.get('retry-after')]).toEqual(['5', '5']);
    expect(await timeOf(look())).toBeLessThan(SOON_MS);
    expect(visitor.cookies.has('__Host-adit-session')).toBe(true);
    expect((await rig.visitor().get('/assets/dashboard.css')).status).toBe(200);
    expect((await rig.visitor().get('/login')).status).toBe(200);
    rig.network!.heal();
    await eventually(async () => (await visitor.get('/sessions')).status === 200, { withinMs: 20_000 });
  });

  test('a database that is only busy, and answers others, is waited for', async () => {
    const visitor = await rig.signedIn('viewer');
    const asked = Array.from({ length: 64 }, () => rig.connections.raw.batch('select pg_sleep(0.15)'));
    expect(rig.connections.stats().waiting).toBeGreaterThan(40);
    expect((await visitor.get('/sessions')).status).toBe(200);
    // The page stood in the same line as all of them.
    expect(rig.connections.stats().waiting).toBe(0);
    await Promise.all(asked);
  });

  test('an action is refused and never repeated by itself', async () => {
    const visitor = await rig.signedIn('viewer');
    rig.network!.refuse();
    rig.network!.drop();
    const reply = await visitor.post('/logout');
    expect([reply.status, reply.headers.get('refresh')]).toEqual([503, null]);
    rig.network!.heal();
    await eventually(async () => (await visitor.get('/sessions')).status === 200, { withinMs: 20_000 });
  });

  test('a login says so, and counts nothing against anybody', async () => {
    const visitor = rig.visitor();
    await visitor.get('/login');
    rig.network!.refuse();
    rig.network!.drop();
    expect((await visitor.post('/login', { name: 'anna', password: PASSWORD })).status).toBe(503);
    rig.network!.heal();
    await eventually(
      async () => (await visitor.post('/login', { name: 'anna', password: PASSWORD })).status === 303,
      { withinMs: 20_000 },
    );
  });
});
