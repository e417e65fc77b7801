import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { systemClock as clock } from '../../../../src/server/adapters/system/clock.ts';
import { systemRandom as random } from '../../../../src/server/adapters/system/random.ts';
import { createWords } from '../../../../src/server/adapters/words/words.ts';
import { createLiveHub } from '../../../../src/server/entry/http/live/live-hub.ts';
import { liveRoutes } from '../../../../src/server/entry/http/live/routes.ts';
import { createLivePanels } from '../../../../src/server/entry/http/overview/live-panels.ts';
import { overviewRoutes } from '../../../../src/server/entry/http/overview/routes.ts';
import { createRouteTable, type Route } from '../../../../src/server/entry/http/routes.ts';
import { DASHBOARD_TEXTS } from '../../../../src/views/words/dashboard-texts.ts';
import type { DashboardRig } from '../../../support/dashboard-rig.ts';
import { silentLog } from '../../../support/door-kit.ts';
import { openPagesRig, type PagesRig } from '../../../support/pages-rig.ts';
import type { TestVisitor } from '../../../support/visitor.ts';
import { calmVitals } from '../../../support/vitals.ts';
import { EVERYBODY, NOTHING, OUTCOMES, type Outcome } from './outcomes.ts';

let pages: PagesRig;
let rig: DashboardRig;
beforeAll(async () => {
  pages = await openPagesRig([...overviewAndStreams()]);
  rig = pages.site;
});
afterAll(() => pages.close());

/** As the program composes them, over vitals that stand still. */
function overviewAndStreams(): readonly Route[] {
  const series = () => ({ values: [], stepMs: 1000 });
  const calm = calmVitals();
  const vitals = { latest: () => calm, brief: series, recent: series, daily: series };
  const panels = createLivePanels(vitals, createWords(DASHBOARD_TEXTS));
  const hub = createLiveHub({
    clock,
    random,
    log: silentLog(),
    source: panels,
    limits: { frames: 10, bytes: 100_000, stalledMs: 8_000 },
    maxViewers: 10,
    holding: async (ids) => new Set(ids),
  });
  return [...overviewRoutes({ clock, vitals, panels }), ...liveRoutes(hub)];
}

/** Asks as somebody fresh each time: a route may end the session it is asked in. */
async function outcomeOf(route: Route, who: (typeof EVERYBODY)[number]): Promise<Outcome> {
  const visitor = who === 'nobody' ? rig.visitor() : await rig.signedIn(who);
  if (who === 'nobody') await visitor.get('/login');
  const path = route.path
    .replaceAll(/:name/g, 'icon.svg')
    .replaceAll(/:series/g, 'loop')
    .replaceAll(/:\w+/g, NOTHING);
  if (route.kind === 'stream') return statusOfStream(path, visitor);
  const { status, location } = await (route.method === 'GET' ? visitor.get(path) : visitor.post(path));
  return location === null ? status : `${status} ${location}`;
}

/** A stream has no end: its head is enough. */
async function statusOfStream(path: string, { cookies }: TestVisitor): Promise<Outcome> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const leaving = new AbortController();
  const answer = await fetch(rig.base + path, { headers: { cookie }, signal: leaving.signal });
  leaving.abort();
  return answer.status;
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
