// needs root
// needs chromium
/**
 * One operator's day with the compiled binary, from the setup link to being refused after logout: real PostgreSQL, a
 * real interface, Telegram's simulator, and Chromium on the same machine. Walked twice, each time with everything.
 */
import { afterAll, expect, test } from 'bun:test';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { codeAt } from '../../src/server/adapters/credentials/one-time-codes.ts';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { axeViolations, openBrowserWithin, sideways } from '../support/browser-within.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'four words of nonsense';
const BURST = 20;
/** Who asks while the node does not answer, and who loses the device. */
const WAITING = 900;
const REVOKED = 901;

interface Look {
  readonly name: string;
  readonly options: BrowserContextOptions;
  /** Every page is looked at in this one as well. */
  readonly alsoIn: 'light' | 'dark';
}

const DESK: Look = {
  name: '1440 px, light, English; every page in the dark as well',
  options: { viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'en-GB' },
  alsoIn: 'dark',
};
const PHONE: Look = {
  name: '390 px, dark, Russian; every page in the light as well',
  options: {
    viewport: { width: 390, height: 844 },
    colorScheme: 'dark',
    locale: 'ru-RU',
    isMobile: true,
    hasTouch: true,
  },
  alsoIn: 'light',
};

interface Walk {
  readonly rig: AditRig;
  readonly adit: AditProcess;
  readonly page: Page;
  readonly look: Look;
  /** What axe, the width and the console had against the pages so far. */
  readonly problems: string[];
}

const rigs: AditRig[] = [];
afterAll(async () => {
  for (const rig of rigs) await rig[Symbol.asyncDispose]();
});

async function startRig(): Promise<AditRig> {
  const rig = await createAditRig({
    tunnel: 'userspace',
    env: { RECONCILE_INTERVAL_SECONDS: '2', WG_COMMAND_TIMEOUT_MS: '1000' },
  });
  rigs.push(rig);
  return rig;
}

const stepNow = () => Math.floor(Date.now() / 30_000);
const pathOf = (page: Page) => new URL(page.url()).pathname;

/** Axe with all its rules, and nothing to push sideways. */
async function inspect({ page, problems }: Walk): Promise<void> {
  const where = pathOf(page);
  for (const each of await axeViolations(page)) problems.push(`${where}: ${each}`);
  const tooWide = await sideways(page);
  if (tooWide > 0) problems.push(`${where}: ${tooWide} px too wide`);
}

/** Leaves the page by this and waits for the next one. */
async function follow(walk: Walk, what: Locator | string, path: string | RegExp): Promise<void> {
  const { page } = walk;
  await (typeof what === 'string' ? page.locator(what) : what).click();
  const arrived = (url: URL) => (typeof path === 'string' ? url.pathname === path : path.test(url.pathname));
  await page.waitForURL(arrived).catch(async (error: unknown) => {
    throw new Error(`still at ${page.url()}: ${await page.locator('#main').textContent()}`, { cause: error });
  });
}

async function setUp(walk: Walk): Promise<{ key: string; step: number }> {
  const { page, adit } = walk;
  const { link } = adit.lines().find((line) => String(line.link).includes('/setup?token='))!;
  await page.goto(String(link));
  await inspect(walk);
  await page.fill('#name', 'anna');
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await follow(walk, 'form.form button[type="submit"]', '/totp');
  await inspect(walk);
  const key = /[A-Z2-7]{32}/.exec((await page.locator('#main').textContent())!)![0];
  const step = stepNow();
  await page.fill('#code', codeAt(key, step));
  await page.locator('form.form button[type="submit"]').click();
  await page.locator('.recovery-codes').waitFor();
  await inspect(walk);
  await follow(walk, '#main a.button', '/');
  return { key, step };
}

async function logOut(walk: Walk): Promise<void> {
  const { page } = walk;
  if (await page.locator('.menu-button').isVisible()) await page.locator('.menu-button').click();
  await page.locator('.person summary').click();
  await follow(walk, 'form[action="/logout"] button', '/login');
}

async function logIn(walk: Walk, code: string): Promise<void> {
  const { page } = walk;
  await inspect(walk);
  await page.fill('#name', 'anna');
  await page.fill('#password', PASSWORD);
  await follow(walk, 'form.form button[type="submit"]', '/login/totp');
  await inspect(walk);
  await page.fill('#code', code);
  await follow(walk, 'form.form button[type="submit"]', '/');
}

const figure = (page: Page, nth: number) =>
  page.locator('#panel-headline .figure-value').nth(nth).textContent();
async function whenLive(page: Page): Promise<void> {
  await page.locator('#live-state[data-mode="live"]').waitFor();
}

async function watchBurst({ page, rig }: Walk): Promise<void> {
  await page.goto('/');
  await whenLive(page);
  await eventually(async () => (await figure(page, 0)) === '0', { withinMs: 15_000 });
  await page.evaluate(() => {
    // Somebody is in the middle of typing, beside the panels that are being replaced.
    const field = document.createElement('input');
    field.id = 'typing';
    field.ariaLabel = 'typing';
    document.querySelector('#main')!.append(field);
    Object.assign(globalThis, { sameDocument: true });
  });
  await page.locator('#typing').pressSequentially('half a wor');
  const burst = await rig.control.burst({ users: BURST, withinMs: 500, text: '/trial' });
  expect(burst.withoutDocument).toBe(0);
  await eventually(async () => (await figure(page, 0)) === String(BURST), { withinMs: 15_000 });
  await page.locator('#typing').press('d');
  const kept = await page.evaluate(() => ({
    focus: document.activeElement?.id,
    text: document.querySelector<HTMLInputElement>('#typing')!.value,
    same: 'sameDocument' in globalThis,
  }));
  expect(kept).toEqual({ focus: 'typing', text: 'half a word', same: true });
}

/** The interface's daemon stands still: whatever asks it hangs until it is killed. Answers the job that fails by it. */
async function breakNode({ rig }: Walk): Promise<{ job: string; daemon: number }> {
  const [daemon] = rig.namespace!.pids('wireguard-go');
  process.kill(daemon!, 'SIGSTOP');
  await rig.control.newUser(WAITING);
  await rig.control.say(WAITING, '/trial');
  // Ten minutes of failing are what makes it stuck. They are written into its row: nobody waits for them here.
  const age = () => rig.sql`
    update adit_jobs.job set created_on = created_on - interval '11 minutes', retry_count = 9,
      start_after = now() + interval '4 minutes'
    where name = 'apply-peer' and state = 'retry' and output->>'code' in ('timeout', 'unavailable') returning id`;
  const job = await eventually(async () => String((await age())[0]!.id), { withinMs: 20_000 });
  return { job, daemon: daemon! };
}

/** From the overview's first list to the job, and back to the overview. */
async function findStuckJob(walk: Walk, job: string): Promise<void> {
  const { page } = walk;
  const line = page.locator('#attention-jobs-stuck-all a');
  await line.waitFor({ timeout: 15_000 });
  await page.locator(`#stuck-${job}`).waitFor();
  await inspect(walk);
  await follow(walk, line, '/jobs');
  await inspect(walk);
  await follow(walk, `#job-${job} a.row-link`, `/jobs/${job}`);
  expect(await page.locator('.block').first().textContent()).toMatch(/^wg\b/);
  await inspect(walk);
  await follow(walk, `a[href="/jobs/${job}/discard"]`, `/jobs/${job}/discard`);
  await inspect(walk);
  await follow(walk, '#cancel', '/jobs');
}

async function retryIt({ page, rig }: Walk, job: string): Promise<void> {
  await page.goto('/');
  await whenLive(page);
  // The door to `wg` opens again after its ten seconds; until then a retry would only fail once more.
  await page.locator('li[id^="attention-breaker-open-"]').waitFor({ state: 'detached', timeout: 30_000 });
  await page.locator(`#stuck-${job} button`).click();
  await page.locator(`#stuck-${job}`).waitFor({ state: 'detached', timeout: 15_000 });
  await page.locator('#attention-jobs-stuck-all').waitFor({ state: 'detached' });
  await rig.control.awaitMessage(WAITING, { has: 'photo' }, 15_000);
}

async function revoke(walk: Walk): Promise<void> {
  const { page, rig } = walk;
  await rig.control.newUser(REVOKED);
  await rig.control.say(REVOKED, '/trial');
  await rig.control.awaitMessage(REVOKED, { has: 'photo' }, 15_000);
  const [row] = await rig.sql`select public_key from report.peers where account = ${REVOKED}`;
  const key = String(row!.public_key);
  expect((await rig.wgPeers()).has(key)).toBe(true);
  await page.goto('/peers');
  await page.locator('#q').pressSequentially(key.slice(0, 20));
  await page.waitForURL((url) => url.searchParams.has('q'));
  await eventually(async () => (await page.locator('#list tbody tr').count()) === 1, { withinMs: 15_000 });
  await follow(walk, '#list tbody a.row-link', /^\/peers\/[0-9a-f-]{36}$/);
  expect(await page.locator('#main').textContent()).toContain(key);
  await inspect(walk);
  await follow(walk, 'a[href$="/revoke"]', /\/revoke$/);
  expect((await rig.wgPeers()).has(key)).toBe(true);
  await inspect(walk);
  await follow(walk, '.confirm button[type="submit"]', /^\/peers\/[0-9a-f-]{36}$/);
  await page.locator('#notice').waitFor();
  await eventually(async () => !(await rig.wgPeers()).has(key), { withinMs: 15_000 });
  await page.locator('#refresh').click();
  await page.locator('a[href$="/revoke"]').waitFor({ state: 'detached' });
}

const PAGES = [
  ...['/', '/accounts', `/accounts/${WAITING}`, '/peers', '/peers?state=late', '/jobs', '/jobs?state=done'],
  ...[
    '/jobs/retry?state=done',
    '/pools',
    '/nodes',
    '/plans',
    '/audit',
    '/settings',
    '/logs',
    '/history/database',
  ],
  ...[
    '/sessions',
    '/sessions/end',
    '/password',
    '/totp/off',
    '/totp/codes',
    '/operators',
    `/accounts/${WAITING}/pause`,
    '/none',
  ],
];

/** Every page of the menu and beside it. In the other colours only what colours can spoil is asked. */
async function lookAtEveryPage(walk: Walk): Promise<void> {
  const { page, problems, look } = walk;
  for (const path of PAGES) {
    await page.goto(path);
    await inspect(walk);
    await page.emulateMedia({ colorScheme: look.alsoIn });
    await colorsSettled(page);
    for (const each of await axeViolations(page, ['color-contrast'])) {
      problems.push(`${path} ${look.alsoIn}: ${each}`);
    }
    if ((await sideways(page)) > 0) problems.push(`${path} ${look.alsoIn}: too wide`);
    await page.emulateMedia({ colorScheme: look.options.colorScheme! });
  }
}

/** Colours change gently: what is measured meanwhile is neither the one nor the other. */
async function colorsSettled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.all(
      document.getAnimations().flatMap((each) => (each instanceof CSSTransition ? each.finished : [])),
    ),
  );
}

/** Out, and everything that was open with it: the other tab's stream ends, and it is sent to the login. */
async function leave(walk: Walk): Promise<void> {
  const { page } = walk;
  const other = await page.context().newPage();
  await other.goto('/');
  await whenLive(other);
  await logOut(walk);
  await other.waitForURL((url) => url.pathname === '/login', { timeout: 20_000 });
  await page.goto('/peers');
  expect(new URL(page.url()).search).toBe('?next=%2Fpeers');
  expect(pathOf(page)).toBe('/login');
  await page.goBack();
  await page.waitForURL((url) => url.pathname === '/login');
  const refused = await page.evaluate(async () => (await fetch('/live?panels=badge')).status);
  expect(refused).toBe(401);
}

/** Said by the browser about what the walk asked for on purpose. */
const MEANT = [
  /^(\/none)?: (\/none answered|console: .*status of) 404/,
  /(\/live answered|status of|SSE reconnect failed with status) 401/,
];

async function walkThrough(look: Look): Promise<void> {
  const rig = await startRig();
  const adit = await rig.start();
  const baseURL = `http://127.0.0.1:${adit.port()}`;
  await using browser = await openBrowserWithin(rig.namespace!, { ...look.options, baseURL });
  browser.context.setDefaultTimeout(15_000);
  const walk: Walk = { rig, adit, page: await browser.context.newPage(), look, problems: [] };

  const { key, step } = await setUp(walk);
  await logOut(walk);
  await logIn(walk, codeAt(key, step + 1));
  await watchBurst(walk);
  const { job, daemon } = await breakNode(walk);
  await findStuckJob(walk, job);
  process.kill(daemon, 'SIGCONT');
  await lookAtEveryPage(walk);
  await retryIt(walk, job);
  await revoke(walk);
  await leave(walk);

  const complaints = browser.complaints.filter((each) => !MEANT.some((meant) => meant.test(each)));
  expect([...walk.problems, ...complaints]).toEqual([]);
}

test(`the walk, ${DESK.name}`, () => walkThrough(DESK), 240_000);
test(`the walk, ${PHONE.name}`, () => walkThrough(PHONE), 240_000);
