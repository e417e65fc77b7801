import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { AppError } from '../../../../src/server/core/errors.ts';
import type { Route } from '../../../../src/server/entry/http/routes.ts';
import { type DashboardRig, openDashboardRig } from '../../../support/dashboard-rig.ts';
import type { Reply } from '../../../support/visitor.ts';

const failing = (path: string, fail: () => never): Route => ({
  method: 'GET',
  path,
  role: 'nobody',
  kind: 'page',
  handle: async () => fail(),
});

const routes: readonly Route[] = [
  failing('/breaks', () => {
    throw new Error('the password of the database is hunter2');
  }),
  failing('/conflict', () => {
    throw new AppError('conflict', 'Somebody was <b>faster</b>.');
  }),
  {
    method: 'GET',
    path: '/stream',
    role: 'viewer',
    kind: 'stream',
    handle: async () => new Response('data: 1\n\n', { headers: { 'content-type': 'text/event-stream' } }),
  },
];

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openDashboardRig({ routes: () => routes });
  await rig.operator('anna', 'owner');
});
afterAll(() => rig.close());

function expectHeaders({ headers }: Pick<Reply, 'headers'>): void {
  const csp = headers.get('content-security-policy')!;
  expect(csp).toContain("default-src 'none'");
  expect(csp).toContain("frame-ancestors 'none'");
  expect(csp).toContain("form-action 'self'");
  expect(csp).not.toMatch(/unsafe-|\*|https?:/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000/);
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('cache-control')).not.toBeNull();
  expect(headers.get('server')).toBeNull();
  expect(headers.get('x-powered-by')).toBeNull();
}

describe('F-S11 every kind of answer carries the headers', () => {
  const plain = (path: string, init: RequestInit = {}) =>
    fetch(rig.base + path, { redirect: 'manual', ...init });

  const kinds: readonly (readonly [
    what: string,
    status: number,
    ask: () => Promise<Pick<Reply, 'status' | 'headers'>>,
  ])[] = [
    ['a page', 200, () => rig.visitor().get('/login')],
    ['a page of a session', 200, async () => (await rig.signedIn('owner')).get('/operators')],
    ['a redirect', 303, () => rig.visitor().get('/sessions')],
    ['an action', 303, async () => (await rig.signedIn('owner')).post('/logout')],
    ['an action refused', 403, () => rig.visitor().post('/login', {}, { origin: 'https://evil.example' })],
    ['a role too low', 403, async () => (await rig.signedIn('viewer')).get('/operators')],
    ['nothing there', 404, () => rig.visitor().get('/nothing')],
    ['another method', 405, () => plain('/login', { method: 'DELETE' })],
    ['a failure', 500, () => rig.visitor().get('/breaks')],
    ['a conflict', 409, () => rig.visitor().get('/conflict')],
    ['a stream', 200, async () => (await rig.signedIn('viewer')).get('/stream')],
    ['a stream for nobody', 401, () => rig.visitor().get('/stream')],
    ['a file', 200, () => rig.visitor().get('/assets/dashboard.css')],
    ['health', 200, () => plain('/healthz')],
    ['readiness', 200, () => plain('/readyz')],
    ['metrics refused', 403, () => plain('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })],
    ['HEAD', 200, () => plain('/login', { method: 'HEAD' })],
    ['OPTIONS', 405, () => plain('/login', { method: 'OPTIONS' })],
  ];

  test.each(kinds)('%s', async (_, status, ask) => {
    const reply = await ask();
    expect(reply.status).toBe(status);
    expectHeaders(reply);
  });

  test('304', async () => {
    const first = await rig.visitor().get('/assets/dashboard.css');
    const again = await rig
      .visitor()
      .get('/assets/dashboard.css', { 'if-none-match': first.headers.get('etag')! });
    expect([again.status, again.body]).toEqual([304, '']);
    expectHeaders(again);
  });

  test('pages are never stored; files with their version in the address for a year', async () => {
    const { body, headers } = await rig.visitor().get('/login');
    expect(headers.get('cache-control')).toBe('no-store');
    const path = /href="(\/assets\/dashboard\.css\?v=\w+)"/.exec(body)![1]!;
    expect((await rig.visitor().get(path)).headers.get('cache-control')).toContain('immutable');
    const unknown = await rig.visitor().get('/assets/dashboard.css?v=older');
    expect(unknown.headers.get('cache-control')).toBe('no-cache');
  });
});

describe('errors are pages', () => {
  test('a failure shows an id, under which all of it stands in the log, and nothing else', async () => {
    const { body } = await rig.visitor().get('/breaks');
    expect(body).not.toContain('hunter2');
    const line = rig.log.findLast((each) => each.fields.incident !== undefined)!;
    expect(body).toContain(String(line.fields.incident));
    expect(String((line.fields.error as Error).message)).toContain('hunter2');
  });

  test('an expected outcome shows its sentence, escaped', async () => {
    const { body } = await rig.visitor().get('/conflict');
    expect(body).toContain('Somebody was &lt;b&gt;faster&lt;/b&gt;.');
  });

  test('in the language of the browser, or the one chosen', async () => {
    const russian = rig.visitor({ 'accept-language': 'ru-RU,ru;q=0.9,en;q=0.5' });
    expect((await russian.get('/login')).body).toContain('lang="ru"');
    const reply = await russian.submit('/language', { language: 'en', back: '/login' }, '/login');
    expect(reply.location).toBe('/login');
    expect((await russian.get('/login')).body).toContain('lang="en"');
    await russian.submit('/theme', { theme: 'dark', back: '//evil.example' }, '/login');
    expect((await russian.get('/login')).body).toContain('data-theme="dark"');
  });
});
