/** Streams over the real server, the real door and real sockets. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { systemClock } from '../../../../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../../../../src/server/adapters/system/random.ts';
import { limitUnread } from '../../../../../src/server/adapters/system/unread-limit.ts';
import { createLiveHub, type LiveHub } from '../../../../../src/server/entry/http/live/live-hub.ts';
import { liveRoutes } from '../../../../../src/server/entry/http/live/routes.ts';
import { type DashboardRig, openDashboardRig } from '../../../../support/dashboard-rig.ts';
import { silentLog } from '../../../../support/door-kit.ts';
import { eventually } from '../../../../support/eventually.ts';
import { openSilentViewer } from '../../../../support/silent-viewer.ts';
import type { TestVisitor } from '../../../../support/visitor.ts';

const STALLED_MS = 1_000;
const MAX_VIEWERS = 12;

let rig: DashboardRig;
let hub: LiveHub;
let port: number;
let shown = 'first';

beforeAll(async () => {
  rig = await openDashboardRig({
    routes(sessions) {
      hub = createLiveHub({
        clock: systemClock,
        random: systemRandom,
        log: silentLog(),
        limits: { frames: 100, bytes: 64 * 1_024, stalledMs: STALLED_MS },
        maxViewers: MAX_VIEWERS,
        holding: (ids) => sessions.stillValid(ids, rig.now()),
        source: { names: ['clock', 'jobs'], draw: (name) => `<p>${name} ${shown}</p>` },
      });
      return liveRoutes(hub);
    },
  });
  // Until there is an owner nothing but the setup is answered.
  await rig.operator('first', 'owner');
  port = Number(new URL(rig.base).port);
  rig.wayIn.ends.onEnded(hub.endSessions);
}, 60_000);

afterAll(async () => {
  hub.close();
  await rig.close();
});

const cookieOf = ({ cookies }: TestVisitor) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

interface Reading {
  readonly answer: Response;
  text(): string;
  /** Resolves when the server ended it. */
  readonly ended: Promise<void>;
  leave(): void;
}

async function read(visitor: TestVisitor, headers: Record<string, string> = {}): Promise<Reading> {
  const leaving = new AbortController();
  const answer = await fetch(`${rig.base}/live?panels=clock,jobs`, {
    headers: { cookie: cookieOf(visitor), ...headers },
    signal: leaving.signal,
  });
  let text = '';
  const collect = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body!) text += decoder.decode(chunk);
  };
  const ended = collect();
  ended.catch(() => undefined);
  return { answer, text: () => text, ended, leave: () => leaving.abort() };
}

async function show(text: string): Promise<void> {
  shown = text;
  await hub.tick();
}

describe('C3, F-F10: streams of the dashboard', () => {
  test('everything at once, then what changes; a stream has the headers of every answer', async () => {
    const page = await read(await rig.signedIn('viewer'));
    expect(page.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(page.answer.headers.get('cache-control')).toBe('no-store');
    expect(page.answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    await eventually(() => page.text().includes('<p>clock first</p><p>jobs first</p>'));
    await show('second');
    await eventually(() => page.text().includes('<p>jobs second</p>'));
    page.leave();
    await eventually(() => hub.viewers() === 0);
  });

  test('whoever comes again gets everything, whatever it saw last', async () => {
    const page = await read(await rig.signedIn('viewer'), { 'last-event-id': 'abc-4' });
    await eventually(() => page.text().includes(`<p>clock ${shown}</p><p>jobs ${shown}</p>`));
    page.leave();
    await eventually(() => hub.viewers() === 0);
  });

  test('pages that never read are cut off by our own limits, and the others hear every tick', async () => {
    const visitor = await rig.signedIn('viewer');
    const silent = await Promise.all(
      Array.from({ length: 5 }, () => openSilentViewer(port, '/live?panels=clock', cookieOf(visitor))),
    );
    const page = await read(visitor);
    await eventually(() => hub.viewers() === 6);
    // More than the kernel takes for anybody, so that the rest is ours to bound.
    let ticks = 0;
    await eventually(
      async () => {
        ticks += 1;
        await show(`${'x'.repeat(1_024 * 1_024)} tick ${ticks}.`);
        return hub.viewers() === 1;
      },
      { withinMs: 20_000 },
    );
    expect(hub.queued()).toBe(0);
    await show('after the storm');
    await eventually(() => page.text().includes('<p>clock after the storm</p>'), { withinMs: 10_000 });
    for (let tick = 1; tick <= ticks; tick += 1) expect(page.text()).toContain(` tick ${tick}.`);
    page.leave();
    for (const each of silent) each.leave();
    await eventually(() => hub.viewers() === 0);
  }, 60_000);

  test('pages that never read are cut off by the kernel, before anything waits here', async () => {
    expect(limitUnread(port, STALLED_MS)).toBe(true);
    const visitor = await rig.signedIn('viewer');
    const silent = await openSilentViewer(port, '/live?panels=clock', cookieOf(visitor));
    await eventually(() => hub.viewers() === 1);
    let most = 0;
    await eventually(
      async () => {
        await show(`${'x'.repeat(32 * 1_024)} ${performance.now()}`);
        most = Math.max(most, hub.queued());
        return hub.viewers() === 0;
      },
      { withinMs: 15_000, everyMs: 50 },
    );
    expect(most).toBe(0);
    silent.leave();
  }, 30_000);

  test('F-S10: logging out ends the streams of that login at once', async () => {
    const [leaving, staying] = [await rig.signedIn('viewer'), await rig.signedIn('viewer')];
    const pages = [await read(leaving), await read(staying)];
    await eventually(() => hub.viewers() === 2);
    await leaving.submit('/logout', {}, '/sessions');
    await pages[0]!.ended;
    expect(hub.viewers()).toBe(1);
    expect((await read(leaving)).answer.status).toBe(401);
    pages[1]!.leave();
    await eventually(() => hub.viewers() === 0);
  });

  test('F-S10: a login that was ended elsewhere loses its streams at the next check', async () => {
    const page = await read(await rig.signedIn('viewer'));
    await eventually(() => hub.viewers() === 1);
    await rig.database.admin`delete from adit.operator_sessions`;
    await hub.checkSessions();
    await page.ended;
    expect(hub.viewers()).toBe(0);
  });

  test('nobody sees a stream without a login', async () => {
    expect((await fetch(`${rig.base}/live?panels=clock`)).status).toBe(401);
  });

  test('more pages than may be open are told so', async () => {
    const visitor = await rig.signedIn('viewer');
    const pages: Reading[] = [];
    for (let count = 0; count < MAX_VIEWERS; count += 1) pages.push(await read(visitor));
    const refused = await read(visitor);
    expect(refused.answer.status).toBe(503);
    expect(refused.answer.headers.get('retry-after')).toBe('10');
    for (const page of pages) page.leave();
    await eventually(() => hub.viewers() === 0);
  });
});
