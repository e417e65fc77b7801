import { ErrorPage } from '../../views/dashboard/pages/error.tsx';
import { NotSetUpPage } from '../../views/dashboard/pages/not-set-up.tsx';
import { paths, withQuery } from '../../views/dashboard/paths.ts';
import { DASHBOARD_TEXTS } from '../../views/words/dashboard-texts.ts';
import { qrMatrix } from '../adapters/qr/qr-matrix.ts';
import { createWords } from '../adapters/words/words.ts';
import type { Config } from '../config.ts';
import { parseCidr } from '../core/cidr.ts';
import { assetRoutes } from '../entry/http/assets.ts';
import { authRoutes } from '../entry/http/auth/routes.ts';
import { createDashboard, type Dashboard } from '../entry/http/dashboard.ts';
import { createRouteTable, type Route } from '../entry/http/routes.ts';
import type { RememberedSessions } from '../services/remember-sessions.ts';
import { createSessions, type Sessions } from '../services/way-in/sessions.ts';
import { firstLink } from '../services/way-in/setup.ts';
import type { WayInDeps } from '../services/way-in/way-in.ts';
import { programVersion } from '../version.ts';
import type { World } from './world.ts';

export interface DashboardPart {
  readonly dashboard: Dashboard;
  readonly routes: readonly Route[];
  /** For streams: which sessions are in force, and the news that some are not. */
  readonly sessions: Sessions;
  /**
   * Says in the log how the first owner gets in; nothing once there is one. A failure is said and forgiven: the next
   * start makes another link.
   */
  announceSetup(port: number): Promise<string | null>;
}

export interface DashboardOptions {
  readonly http: Pick<Config['http'], 'host' | 'trustedProxies'>;
  readonly wayIn: WayInDeps;
  /** What they remember keeps the overview open while the database is away. Default: nothing is remembered. */
  readonly logins?: Pick<RememberedSessions, 'find' | 'ask'>;
  /** Whether the database has answered anybody within the last so many milliseconds. Default: not known. */
  readonly databaseAnsweredWithin?: (ms: number) => boolean;
  /** Length of the "needs attention" list; null: not known. */
  attention(): number | null;
  /** Everything beside the way in, given the sessions: pages, overview, streams. */
  routes(sessions: Sessions): readonly Route[];
}

export function createDashboardPart(
  world: Pick<World, 'clock' | 'random' | 'log'>,
  options: DashboardOptions,
): DashboardPart {
  const { http, wayIn, attention } = options;
  const sessions = createSessions(wayIn);
  const routes = createRouteTable([
    ...assetRoutes(),
    ...authRoutes({ wayIn, sessions, qr: qrMatrix }),
    ...options.routes(sessions),
  ]);
  const dashboard = createDashboard({
    ...world,
    routes,
    words: createWords(DASHBOARD_TEXTS),
    version: programVersion.version,
    attention,
    findSession: options.logins?.find ?? sessions.find,
    askSession: options.logins?.ask ?? sessions.find,
    askDatabase: () => wayIn.store.hasOwner(),
    databaseAnsweredWithin: options.databaseAnsweredWithin ?? (() => false),
    isSetUp: createSetUpMemory(wayIn),
    errorPage: (shell, model) => String(ErrorPage({ shell, model })),
    notSetUpPage: (shell) => String(NotSetUpPage({ shell })),
    trustedProxies: http.trustedProxies.map(parseCidr),
    tokens: wayIn.tokens,
  });
  const announce = (port: number) => announceSetup(world, wayIn, http.host, port);
  return { dashboard, routes: routes.routes, sessions, announceSetup: announce };
}

/** There is always an owner once there was one: the last cannot go. */
function createSetUpMemory({ store }: WayInDeps): () => Promise<boolean> {
  let known = false;
  return async () => {
    known ||= await store.hasOwner();
    return known;
  };
}

async function announceSetup(
  world: Pick<World, 'clock' | 'log'>,
  wayIn: WayInDeps,
  host: string,
  port: number,
): Promise<string | null> {
  try {
    const token = await firstLink(wayIn, world.clock.now());
    if (token === null) return null;
    const link = setupUrl(host, port, token);
    world.log.warn(
      { link },
      `nobody owns this Adit yet: open ${link} within an hour; it works once. From another machine, put its name or address in place of this one`,
    );
    return link;
  } catch (error) {
    world.log.error({ error }, 'the setup link could not be made; `adit admin create NAME` makes one');
    return null;
  }
}

/** Where a browser on this machine finds the setup. */
export function setupUrl(host: string, port: number, token: string): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}${withQuery(paths.setup, { token })}`;
}
