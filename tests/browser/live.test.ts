// needs chromium
/** The overview somebody leaves open all day: it moves by itself, and says so when it cannot. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import {
  closeBrowser,
  type DashboardBrowser,
  type Login,
  openDashboard,
  seedLogin,
  sessionCookie,
} from '../support/dashboard-browser.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';

let rig: AditRig;
let proxy: FaultyProxy;
let adit: AditProcess;
let login: Login;
let base: string;

beforeAll(async () => {
  rig = await createAditRig({ tunnel: 'memory' });
  const { hostname, port, username, pathname } = new URL(rig.database.url);
  proxy = await startFaultyProxy({ host: hostname, port: Number(port) });
  adit = await rig.start({
    env: { DATABASE_URL: `postgres://${username}@127.0.0.1:${proxy.port}${pathname}` },
  });
  login = await seedLogin(rig);
  base = `http://127.0.0.1:${adit.lines().find((line) => line.msg === 'listening')?.port}`;
}, 60_000);

afterAll(async () => {
  await closeBrowser();
  await rig[Symbol.asyncDispose]();
  await proxy.close();
});

const figure = (page: Page, nth: number) =>
  page.locator('#panel-headline .figure-value').nth(nth).textContent();
const attention = (page: Page) => page.locator('#panel-attention').textContent();

async function openOverview(): Promise<DashboardBrowser> {
  const open = await openDashboard(base, login);
  await open.page.goto('/');
  await eventually(async () => (await open.page.locator('#live-state').getAttribute('data-mode')) === 'live');
  return open;
}

test('K4: numbers move during a burst without a reload; focus and typed text survive', async () => {
  await using open = await openOverview();
  const { page, complaints } = open;
  await eventually(async () => (await figure(page, 0)) === '0');
  await page.evaluate(() => {
    const link = document.querySelector<HTMLAnchorElement>('#panel-jobs a')!;
    link.focus();
    // Somebody is in the middle of typing, beside the panels that are being replaced.
    const field = document.createElement('input');
    field.id = 'typing';
    document.querySelector('#main')!.append(field);
    Object.assign(globalThis, { focused: link, loadedAt: performance.timeOrigin });
  });
  await page.fill('#typing', 'half a wor');
  await page.evaluate(() => (globalThis as unknown as { focused: HTMLElement }).focused.focus());

  await rig.control.burst({ users: 20, withinMs: 500, text: '/trial' });
  await eventually(async () => (await figure(page, 0)) === '20', { withinMs: 15_000 });
  await eventually(async () => Number(await figure(page, 4)) >= 20, { withinMs: 5_000 });

  const kept = await page.evaluate(() => ({
    focus: document.activeElement === (globalThis as unknown as { focused: HTMLElement }).focused,
    text: document.querySelector<HTMLInputElement>('#typing')!.value,
    reloaded: performance.timeOrigin !== (globalThis as unknown as { loadedAt: number }).loadedAt,
  }));
  expect(kept).toEqual({ focus: true, text: 'half a wor', reloaded: false });
  expect(complaints).toEqual([]);
}, 60_000);

test('A2: with the database stopped the page says so, loads within a second, and comes back by itself', async () => {
  await using open = await openOverview();
  const { page } = open;
  const before = await eventually(async () => {
    const peers = await figure(page, 0);
    return peers !== '–' && peers;
  });
  proxy.refuse();
  proxy.reset();
  await eventually(async () => /database/i.test((await attention(page)) ?? ''), { withinMs: 10_000 });

  const began = performance.now();
  const answer = await adit.get('/', { headers: { cookie: sessionCookie(login) } });
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('attention-database-away');
  await page.reload();
  expect(await attention(page)).toMatch(/database/i);

  proxy.heal();
  await eventually(async () => !/database has not/i.test((await attention(page)) ?? ''), {
    withinMs: 30_000,
  });
  await eventually(async () => (await figure(page, 0)) === before, { withinMs: 10_000 });
}, 90_000);

/** What is made from memory is there; everything else says within the same second why it is not. */
const AWAY = [
  [200, 'GET', ['/', '/history/database', '/settings', '/logs', '/login', '/login/totp', '/assets/icon.svg']],
  [
    503,
    'GET',
    ['/accounts', '/peers', '/jobs', '/pools', '/nodes', '/plans', '/audit', '/sessions', '/setup'],
  ],
  [503, 'POST', ['/login', '/login/totp', '/logout', '/pools']],
] as const;

async function expectAnswersSoon(): Promise<void> {
  const slow: string[] = [];
  for (const [status, method, paths] of AWAY) {
    for (const path of paths) {
      const began = performance.now();
      const answer = await adit.get(path, { method, headers: { cookie: sessionCookie(login) } });
      if (performance.now() - began >= 1_000) slow.push(`${method} ${path}`);
      expect([path, answer.status]).toEqual([path, status]);
      if (status === 503) expect(answer.body).toContain('data-error="database-away"');
    }
  }
  expect(slow).toEqual([]);
}

test.each([
  ['refuses', () => [proxy.refuse(), proxy.reset()]],
  ['hangs', () => [proxy.halfOpen({ alsoNew: true })]],
])(
  'A2: every page and the login answer within a second while the database %s, and come back',
  async (_, goAway) => {
    const headers = { cookie: sessionCookie(login) };
    await adit.get('/', { headers });
    goAway();
    await expectAnswersSoon();
    proxy.heal();
    proxy.reset();
    await adit.ready(60_000);
    await eventually(async () => (await adit.get('/peers', { headers })).status === 200, {
      withinMs: 20_000,
    });
  },
  120_000,
);

test('F-S10: the stream ends with the login', async () => {
  const other = await seedLogin(rig, 'viewer');
  const headers = { cookie: sessionCookie(other) };
  const stream = await fetch(`${base}/live?panels=badge`, { headers });
  expect(stream.status).toBe(200);
  await rig.database.admin`delete from adit.operator_sessions where id = ${other.sessionId}`;
  const began = performance.now();
  for await (const _ of stream.body!) if (performance.now() - began > 40_000) break;
  expect(performance.now() - began).toBeLessThan(30_000);
  expect((await fetch(`${base}/live?panels=badge`, { headers })).status).toBe(401);
}, 60_000);
