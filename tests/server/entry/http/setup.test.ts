import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { firstLink } from '../../../../src/server/services/way-in/setup.ts';
import { type DashboardRig, openDashboardRig, PASSWORD } from '../../../support/dashboard-rig.ts';

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openDashboardRig();
});
afterAll(() => rig.close());

const link = async () => (await firstLink(rig.wayIn, rig.now()))!;
const use = (token: string, name = 'anna') => ({ token, name, password: PASSWORD, again: PASSWORD });

describe('F-S19 before there is an owner', () => {
  test('everything but the setup says so, and nothing tells the link', async () => {
    await rig.part.announceSetup(1234);
    const told = rig.log.find((line) => line.fields.link !== undefined)!;
    const token = new URL(String(told.fields.link)).searchParams.get('token')!;
    expect(token).toHaveLength(43);
    const visitor = rig.visitor();
    for (const route of rig.part.routes.filter((each) => each.kind === 'page' && each.path !== '/setup')) {
      const { status, body, headers } = await visitor.get(route.path.replace(':id', 'a'));
      expect([route.path, status]).toEqual([route.path, 503]);
      expect(body).toContain('Not set up yet');
      expect(body + JSON.stringify(Object.fromEntries(headers))).not.toContain(token);
    }
    const wrong = await visitor.get('/setup?token=wrong');
    expect(wrong.status).toBe(410);
    expect(wrong.body).not.toContain(token);
    expect(wrong.body).not.toContain('name="password"');
    expect((await visitor.post('/setup', use('wrong'))).status).toBe(410);
    expect((await visitor.post('/login', { name: 'anna', password: PASSWORD })).status).toBe(503);
  });

  test('only a digest of the link is stored', async () => {
    const token = await link();
    const rows = await rig.database.admin`select * from adit.setup_links`;
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('a new start takes the link before it out of force', async () => {
    const [older, newer] = [await link(), await link()];
    expect((await rig.visitor().get(`/setup?token=${older}`)).status).toBe(410);
    expect((await rig.visitor().get(`/setup?token=${newer}`)).status).toBe(200);
  });

  test('a link is over after an hour', async () => {
    const token = await link();
    rig.advance(59 * 60_000);
    const visitor = rig.visitor();
    expect((await visitor.get(`/setup?token=${token}`)).status).toBe(200);
    rig.advance(2 * 60_000);
    expect((await visitor.get(`/setup?token=${token}`)).status).toBe(410);
    expect((await visitor.post('/setup', use(token))).status).toBe(410);
  });

  test.each([
    ['short', 'anna', 'eleven letr'],
    ['the name', 'annaannaanna', 'annaannaanna'],
    ['one letter', 'anna', 'aaaaaaaaaaaaaaaa'],
    ['a bad name', 'Anna; drop', 'four words of nonsense'],
  ])('a password or name that is not good is refused and costs nothing: %s', async (_, name, password) => {
    const token = await link();
    const visitor = rig.visitor();
    await visitor.get(`/setup?token=${token}`);
    const refused = await visitor.post('/setup', { token, name, password, again: password });
    expect(refused.status).toBe(422);
    expect(refused.body).not.toContain(password === name ? 'value="annaannaanna" type="password"' : password);
    expect((await visitor.get(`/setup?token=${token}`)).status).toBe(200);
    expect(rig.passwordWork.hashed).toBe(0);
  });

  test('two passwords that differ are refused', async () => {
    const token = await link();
    const visitor = rig.visitor();
    await visitor.get(`/setup?token=${token}`);
    const refused = await visitor.post('/setup', { ...use(token), again: 'something else now' });
    expect([refused.status, refused.body.includes('differ')]).toEqual([422, true]);
  });
});

describe('the link used', () => {
  test('of fifty uses at once one becomes the owner, and is logged in', async () => {
    const token = await link();
    const visitors = Array.from({ length: 50 }, () => rig.visitor());
    await Promise.all(visitors.map((each) => each.get(`/setup?token=${token}`)));
    const replies = await Promise.all(
      visitors.map((each, index) => each.post('/setup', use(token, `anna${index}`))),
    );
    const inside = replies.filter((each) => each.status === 303);
    expect(inside.map((each) => each.location)).toEqual(['/totp']);
    expect(new Set(replies.map((each) => each.status)).difference(new Set([303, 410, 503]))).toEqual(
      new Set(),
    );
    const operators = await rig.database.admin`select role from adit.operators`;
    expect(operators.map((row) => row.role)).toEqual(['owner']);
    const winner = visitors[replies.indexOf(inside[0]!)]!;
    expect((await winner.get('/sessions')).status).toBe(200);
  }, 30_000);

  test('afterwards no first link is made, and one made before is void', async () => {
    expect(await firstLink(rig.wayIn, rig.now())).toBeNull();
    expect((await rig.visitor().get('/login')).status).toBe(200);
  });

  test('the beginning stands in the audit', async () => {
    const actions = (await rig.audit()).map((row) => row.action);
    expect(actions).toEqual(['operator-new', 'login']);
  });
});
