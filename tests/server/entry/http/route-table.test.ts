import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createRouteTable, type Route } from '../../../../src/server/entry/http/routes.ts';
import { type DashboardRig, openDashboardRig } from '../../../support/dashboard-rig.ts';
import { EVERYBODY, OUTCOMES, type Outcome } from './outcomes.ts';

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openDashboardRig();
  await rig.operator('somebody', 'owner');
});
afterAll(() => rig.close());

const SOMEBODY = '00000000-0000-7000-8000-000000000000';

/** Asks as somebody fresh each time: a route may end the session it is asked in. */
async function outcomeOf(route: Route, who: (typeof EVERYBODY)[number]): Promise<Outcome> {
  const visitor = who === 'nobody' ? rig.visitor() : await rig.signedIn(who);
  if (who === 'nobody') await visitor.get('/login');
  const path = route.path.replaceAll(/:name/g, 'icon.svg').replaceAll(/:\w+/g, SOMEBODY);
  const { status, location } = await (route.method === 'GET' ? visitor.get(path) : visitor.post(path));
  return location === null ? status : `${status} ${location}`;
}

describe('every route, asked as nobody, viewer, operator and owner', () => {
  test('the list of expected outcomes names every route and no other', () => {
    const names = rig.part.routes.map((route) => `${route.method} ${route.path}`);
    expect(names.toSorted()).toEqual(Object.keys(OUTCOMES).toSorted());
  });

  test.each(Object.keys(OUTCOMES))('%s', async (name) => {
    const route = rig.part.routes.find((each) => `${each.method} ${each.path}` === name)!;
    const found: Outcome[] = [];
    for (const who of EVERYBODY) found.push(await outcomeOf(route, who));
    expect(found).toEqual([...OUTCOMES[name]!]);
  });

  test('an unknown address is nobody’s', async () => {
    for (const path of [
      '/no-such-page',
      '/login/',
      '/Login',
      '/sessions/x/y/z',
      '/%2e%2e/etc/passwd',
      '/assets/../x',
    ]) {
      expect([path, (await rig.visitor().get(path)).status]).toEqual([path, 404]);
    }
  });

  test('another method is refused before anything is done', async () => {
    const reply = await rig.visitor().post('/sessions');
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('HEAD is a GET without its body', async () => {
    const answer = await fetch(`${rig.base}/login`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test('htmx is told to go to the login; a stream gets a plain no', async () => {
    const reply = await rig.visitor().get('/sessions', { 'hx-request': 'true' });
    expect([reply.status, reply.headers.get('hx-redirect')]).toEqual([401, '/login?next=%2Fsessions']);
  });
});

describe('a list that is not right is refused at the start', () => {
  const page: Route = {
    method: 'GET',
    path: '/a/:id',
    role: 'viewer',
    kind: 'page',
    handle: async () => new Response(),
  };

  test.each([
    ['no role', [{ ...page, role: undefined } as unknown as Route]],
    ['an action by GET', [{ ...page, kind: 'action' } as const]],
    ['a page by POST', [{ ...page, method: 'POST' } as const]],
    ['a path twice', [page, { ...page, path: '/a/:name' }]],
  ])('%s', (_, routes) => {
    expect(() => createRouteTable(routes)).toThrow();
  });

  test('a plain word wins over a parameter, whatever the order', () => {
    const plain = { ...page, path: '/a/new' };
    for (const routes of [
      [page, plain],
      [plain, page],
    ]) {
      const table = createRouteTable(routes);
      expect(table.match('GET', '/a/new')).toMatchObject({ route: plain });
      expect(table.match('GET', '/a/x%20y')).toMatchObject({ route: page, params: { id: 'x y' } });
    }
  });

  test.each(['/a/', '/a/%', '/a/x/', '//a/x', '/a/%E0%A4'])('no match: %s', (path) => {
    expect(createRouteTable([page]).match('GET', path)).toEqual({ kind: 'none' });
  });
});
