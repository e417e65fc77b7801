/**
 * One server of the bench, a process of its own: `hub` is the product's own way through its own door; `each` draws for
 * every viewer, as one does when a stream is a loop in a handler; `bare` and `express` answer a fragment drawn for the
 * request, as their handlers do; `ready` is a bare server that has nothing to do but hand out a text.
 */
import type { Server } from 'bun';
import { createTokens } from '../../src/server/adapters/credentials/tokens.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../src/server/adapters/system/random.ts';
import { limitUnread } from '../../src/server/adapters/system/unread-limit.ts';
import { createWords } from '../../src/server/adapters/words/words.ts';
import { operatorId, sessionId } from '../../src/server/core/ids.ts';
import type { Log } from '../../src/server/core/ports/log.ts';
import { createDashboard, type Dashboard } from '../../src/server/entry/http/dashboard.ts';
import { createLiveHub, type LiveHub } from '../../src/server/entry/http/live/live-hub.ts';
import { liveRoutes } from '../../src/server/entry/http/live/routes.ts';
import { createLivePanels } from '../../src/server/entry/http/overview/live-panels.ts';
import { overviewRoutes } from '../../src/server/entry/http/overview/routes.ts';
import { createRouteTable } from '../../src/server/entry/http/routes.ts';
import { createHttpServer } from '../../src/server/entry/http/server.ts';
import type { Setting } from '../../src/views/dashboard/models.ts';
import { type PanelName, panelFrame } from '../../src/views/dashboard/overview/live.tsx';
import { DASHBOARD_TEXTS } from '../../src/views/words/dashboard-texts.ts';
import { busyVitals } from './busy-vitals.ts';

const clock = systemClock;
const quiet = () => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: console.error, child: () => log };
const vitals = busyVitals(clock);
const panels = createLivePanels(vitals, createWords(DASHBOARD_TEXTS));
const stamp = () => `<i>${Date.now()}</i>`;
/** Each frame carries the moment it was drawn, for the viewers to see how late it is. */
const source = {
  ...panels,
  draw: (name: string, language: 'en' | 'ru') => stamp() + panels.draw(name, language),
};

const words = createWords(DASHBOARD_TEXTS);
const t: Setting['t'] = (key, values) => words.say('en', key, values);
const setting = (): Setting => ({ language: 'en', t, now: Date.now() });

const kind = process.argv[2] as keyof typeof servers;
const servers = {
  hub: startHub,
  each: startEach,
  bare: () => startBare(drawn),
  ready: () => startBare((names) => panels.fragment(names, 'en')),
  express: startExpress,
};

let viewers: () => number = () => 0;
const port = await servers[kind]();
process.send?.({ port });

process.on('message', (asked) => {
  if (asked === 'collect') Bun.gc(true);
  const { user, system } = process.cpuUsage();
  const rss = process.memoryUsage.rss();
  process.send?.({ cpuMs: (user + system) / 1_000, atMs: performance.now(), rss, viewers: viewers() });
});

function startHub(): number {
  const limits = { frames: 100, bytes: 1_048_576, stalledMs: 8_000 };
  const everybody = async (ids: readonly ReturnType<typeof sessionId>[]) => new Set(ids);
  const hub = createLiveHub({
    clock,
    random: systemRandom,
    log,
    source,
    limits,
    maxViewers: 50_000,
    holding: everybody,
  });
  viewers = hub.viewers;
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    metricsGuard: { matches: () => false },
    readiness: () => ({ ready: true, reasons: [] }),
    renderMetrics: async () => '',
    webhook: null,
    subscription: null,
    dashboard: doorOf(hub),
    log,
  });
  const { port: listening } = server.start();
  limitUnread(listening, limits.stalledMs);
  every(1_000, async () => {
    vitals.next();
    await hub.tick();
  });
  return listening;
}

/** The dashboard's door with its logins in memory: what PostgreSQL takes is measured elsewhere. */
function doorOf(hub: LiveHub): Dashboard {
  const operator = { id: operatorId('o'), name: 'anna', role: 'owner' } as const;
  const session = { id: sessionId('s'), operator, startedAt: new Date() };
  return createDashboard({
    routes: createRouteTable([...overviewRoutes({ vitals, panels, clock }), ...liveRoutes(hub)]),
    findSession: async () => session,
    askSession: async () => session,
    askDatabase: async () => undefined,
    databaseAnsweredWithin: () => true,
    isSetUp: async () => true,
    errorPage: () => 'error',
    notSetUpPage: () => 'not set up',
    trustedProxies: [],
    tokens: createTokens(systemRandom),
    words: createWords(DASHBOARD_TEXTS),
    version: 'bench',
    attention: () => 0,
    clock,
    random: systemRandom,
    log,
  });
}

/** A loop a viewer, each with a panel drawn for it. */
function startEach(): number {
  const encoder = new TextEncoder();
  let open = 0;
  viewers = () => open;
  every(1_000, async () => vitals.next());
  const server: Server<unknown> = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, self) {
      self.timeout(request, 0);
      const names = (new URL(request.url).searchParams.get('panels') ?? '').split(' ');
      open += 1;
      let timer: Timer;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          timer = setInterval(() => {
            // Kind: the numbers are gathered once a second for all; what is drawn is drawn for this viewer.
            const html = stamp() + drawn(names);
            controller.enqueue(encoder.encode(`data: ${html}\n\n`));
          }, 1_000);
        },
        cancel() {
          clearInterval(timer);
          open -= 1;
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  return server.port!;
}

/** Panels, drawn now. */
function drawn(names: readonly string[]): string {
  const now = setting();
  return names.map((name) => panelFrame(name as PanelName, now, panels.overview())).join('');
}

function startBare(fragment: (names: readonly string[]) => string): number {
  every(1_000, async () => vitals.next());
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) =>
      new Response(fragment((new URL(request.url).searchParams.get('panels') ?? '').split(' ')), {
        headers: { 'content-type': 'text/html; charset=utf-8' },
      }),
  });
  return server.port!;
}

async function startExpress(): Promise<number> {
  const { default: express } = await import('express');
  every(1_000, async () => vitals.next());
  const app = express();
  app.get('/overview/panels', (request, response) => {
    response.type('html').send(drawn(String(request.query.panels).split(' ')));
  });
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = app.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address ? address.port : 0);
  });
  return promise;
}

function every(ms: number, work: () => Promise<void>): void {
  setInterval(() => void work(), ms);
}
