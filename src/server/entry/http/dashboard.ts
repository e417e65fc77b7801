import type { ErrorModel, Shell } from '../../../views/dashboard/models.ts';
import type { Cidr } from '../../core/cidr.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Session } from '../../core/operators.ts';
import { mayActAs } from '../../core/operators.ts';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Tokens } from '../../core/ports/credentials.ts';
import type { Log } from '../../core/ports/log.ts';
import { type Origin, originOf } from './client-address.ts';
import { COOKIES, type Cookies, cookie, noCookie, readCookies } from './cookies.ts';
import { createErrorAnswers } from './error-answers.ts';
import { formOf } from './form.ts';
import { secured } from './headers.ts';
import type { Match, Route, RouteContext, RouteTable } from './routes.ts';
import { isSameOrigin } from './same-origin.ts';
import { type ShellParts, shellOf } from './shell.ts';

export interface DashboardDeps extends ShellParts {
  readonly routes: RouteTable;
  /** Null: no such session, or it is over. While the database is away: what is remembered of it. */
  findSession(token: string, now: Date): Promise<Session | null>;
  /** As `findSession`, but only by what the database says now. */
  askSession(token: string, now: Date): Promise<Session | null>;
  /** Resolves when the database answers. */
  askDatabase(): Promise<unknown>;
  /** Whether the database has answered anybody, whatever was asked, within the last so many milliseconds. */
  databaseAnsweredWithin(ms: number): boolean;
  /** False while there is no owner. */
  isSetUp(): Promise<boolean>;
  readonly errorPage: (shell: Shell, model: ErrorModel) => string;
  readonly notSetUpPage: (shell: Shell) => string;
  readonly trustedProxies: readonly Cidr[];
  readonly tokens: Pick<Tokens, 'fresh' | 'digest'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
  readonly log: Log;
  /** Told of each request by its pattern: an address may hold a secret. */
  readonly activity?: Activity;
}

export interface Dashboard {
  /** Never throws, and answers within the deadline. `keepOpen` lifts the server's own limit, for a stream. */
  answer(request: Request, peer: string | undefined, keepOpen: () => void): Promise<Response>;
}

/** For a page or an action as a whole, reading the form included. */
const DEADLINE_MS = 20_000;
/** A page must say within a second that the database is away; the rest of the second is for drawing it. */
const DATABASE_CHECK_MS = 600;
const VISITOR_SECONDS = 24 * 60 * 60;

/** One request with what is known of it before anything is looked up. */
export interface Visit {
  readonly request: Request;
  readonly url: URL;
  readonly cookies: Cookies;
  readonly origin: Origin;
  readonly now: Date;
  readonly csrf: string;
  /** Set when this visit made a new visitor's token, for the cookie. */
  readonly newVisitor: string | null;
  /** Filled in once it was looked up. */
  session: Session | null;
}

/**
 * Every request of the dashboard passes here: found in the list, set up, session, role, origin and token, and only then its
 * handler. What is not allowed explicitly is refused.
 */
export function createDashboard(deps: DashboardDeps): Dashboard {
  const errors = createErrorAnswers(deps);

  async function serve(visit: Visit, match: Match & { kind: 'route' }, keepOpen: () => void) {
    const { route } = match;
    if (route.kind === 'stream') keepOpen();
    if (route.kind !== 'asset') {
      const refused = await admit(deps, errors, visit, route);
      if (refused !== null) return refused;
    }
    const context = contextOf(deps, visit, match);
    if (route.kind === 'action' && !(await isOurs(deps, visit, context))) {
      return errors.refused(visit);
    }
    return route.handle(context);
  }

  async function answerRoute(visit: Visit, match: Match, keepOpen: () => void): Promise<Response> {
    if (match.kind === 'none') return errors.notFound(visit);
    if (match.kind === 'other-method') return errors.otherMethod(visit, match.allowed);
    try {
      const answer = serve(visit, match, keepOpen);
      const hasEnd = match.route.kind === 'page' || match.route.kind === 'action';
      return await (hasEnd ? within(deps.clock, DEADLINE_MS, answer) : answer);
    } catch (error) {
      return errors.failed(visit, match.route, toAppError(error));
    }
  }

  return {
    async answer(request, peer, keepOpen) {
      const visit = visitOf(deps, request, peer);
      const match = deps.routes.match(request.method, visit.url.pathname);
      deps.activity?.began('http', patternOf(match));
      const answer = await answerRoute(visit, match, keepOpen);
      return finish(visit, match, answer);
    },
  };
}

const patternOf = (match: Match) =>
  match.kind === 'route' ? `${match.route.method} ${match.route.path}` : 'no such page';

function visitOf(deps: DashboardDeps, request: Request, peer: string | undefined): Visit {
  const cookies = readCookies(request.headers);
  const known = cookies.get(COOKIES.session) ?? cookies.get(COOKIES.visitor);
  const newVisitor = known ? null : deps.tokens.fresh();
  return {
    request,
    url: new URL(request.url),
    cookies,
    origin: originOf(request.headers, peer, deps.trustedProxies),
    now: deps.clock.now(),
    // One-way: the token in the page does not tell the one in the cookie, which no script can read.
    csrf: deps.tokens.digest(`csrf:${known ?? newVisitor}`),
    newVisitor,
    session: null,
  };
}

/**
 * The refusal, or null: may go on. Whatever needs the database comes no further while it is away: the handlers would wait
 * for a connection for seconds.
 */
async function admit(
  deps: DashboardDeps,
  errors: ReturnType<typeof createErrorAnswers>,
  visit: Visit,
  route: Route,
): Promise<Response | null> {
  if (!route.beforeSetup && !(await soon(deps, deps.isSetUp()))) return errors.notSetUp(visit);
  if (route.role === 'nobody') {
    if (!route.fromMemory) await soon(deps, deps.askDatabase());
    return null;
  }
  const token = visit.cookies.get(COOKIES.session);
  const find = route.fromMemory ? deps.findSession : deps.askSession;
  if (token) visit.session = await soon(deps, find(token, visit.now));
  if (visit.session === null) return errors.logInFirst(visit, route);
  return mayActAs(visit.session.operator.role, route.role) ? null : errors.forbidden(visit);
}

/** Throws AppError `timeout` soon when the database is silent. One that is only busy, and answers others, is waited for. */
async function soon<T>({ clock, databaseAnsweredWithin }: DashboardDeps, answer: Promise<T>): Promise<T> {
  try {
    return await within(clock, DATABASE_CHECK_MS, answer);
  } catch (error) {
    if (toAppError(error).code === 'timeout' && databaseAnsweredWithin(DATABASE_CHECK_MS)) return answer;
    throw error;
  }
}

async function isOurs({ tokens }: DashboardDeps, visit: Visit, context: RouteContext): Promise<boolean> {
  const { headers } = visit.request;
  if (!isSameOrigin(headers, visit.origin.host)) return false;
  const given = headers.get('x-csrf-token') ?? (await context.form()).get('csrf') ?? '';
  // Digests are compared, so that the time taken tells nothing of the token.
  return tokens.digest(given) === tokens.digest(visit.csrf);
}

function contextOf(deps: DashboardDeps, visit: Visit, match: Match & { kind: 'route' }): RouteContext {
  const { request, url, origin, session, now } = visit;
  const { kind } = match.route;
  const hasEnd = kind === 'page' || kind === 'action';
  const form = formOf(request);
  return {
    request,
    params: match.params,
    query: url.searchParams,
    form,
    operator: session?.operator ?? null,
    session,
    shell: () => shellOf(deps, shellVisit(visit)),
    client: {
      address: origin.address,
      secure: origin.secure,
      userAgent: request.headers.get('user-agent') ?? '',
      site: `${origin.https ? 'https' : 'http'}://${origin.host}`,
    },
    // Made when asked for: most handlers never do, and a timer a request adds up.
    get signal() {
      return hasEnd ? deps.clock.deadline(DEADLINE_MS, request.signal) : request.signal;
    },
    now,
  };
}

export function shellVisit({ session, cookies, request, url, csrf, now }: Visit) {
  const path = url.pathname + url.search;
  return { operator: session?.operator ?? null, cookies, headers: request.headers, path, csrf, now };
}

const OVER = 'over';

/** Rejects after `ms` with AppError `timeout`; the work itself is told by its own signal, or forgotten. */
async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then(
    () => Promise.reject(new AppError('timeout', 'This took too long. Try again in a moment.')),
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    // With a reason of its own: else an exception with its stack is made for every request.
    done.abort(OVER);
  }
}

/** Cookies of the visit and the headers every answer has; a HEAD gets no body. */
function finish(visit: Visit, match: Match, answer: Response): Response {
  const isPage = match.kind === 'route' && match.route.kind !== 'asset' && match.route.kind !== 'stream';
  const whole = visit.request.method === 'HEAD' ? new Response(null, answer) : answer;
  if (isPage && visit.newVisitor !== null) {
    whole.headers.append('set-cookie', cookie(COOKIES.visitor, visit.newVisitor, VISITOR_SECONDS));
  }
  const showed = whole.status === 200 && visit.request.method === 'GET' && isPage;
  if (showed && visit.cookies.has(COOKIES.notice)) {
    whole.headers.append('set-cookie', noCookie(COOKIES.notice));
  }
  return secured(whole);
}
