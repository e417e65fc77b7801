import type { Shell } from '../../../views/dashboard/models.ts';
import { AppError } from '../../core/errors.ts';
import type { Operator, Role, Session } from '../../core/operators.ts';

/**
 * What the dashboard answers, one line a route. A path is listed or it is a 404; a route says who may come or it
 * cannot be registered.
 */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/peers/:id`: a part that begins with a colon matches one part of the address, decoded. */
  readonly path: string;
  /** The least one must be. `nobody`: also those who are not logged in. */
  readonly role: 'nobody' | Role;
  /**
   * `page`: HTML by GET, changes nothing. `action`: a change by POST; the request's origin and token were checked
   * before `handle` runs. `stream`: never ends by itself, has no deadline. `asset`: a file, the same for everybody, needs
   * neither database nor session.
   */
  readonly kind: 'page' | 'action' | 'stream' | 'asset';
  /** Answered also while no owner exists. Only the setup itself has this. */
  readonly beforeSetup?: true;
  /** Made from memory alone: answered also while the database is away, to those it knew a moment ago. */
  readonly fromMemory?: true;
  /** Throws AppError for what goes wrong: it is drawn as a page with the status of its code. */
  handle(context: RouteContext): Promise<Response>;
}

/** One request, as its handler sees it. */
export interface RouteContext {
  readonly request: Request;
  /** Parts of the path by their names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /**
   * The fields of an urlencoded body of at most 64 KB; asking again gives the same. Throws AppError `invalid` for
   * anything else.
   */
  form(): Promise<URLSearchParams>;
  /** Never null where the route's role is not `nobody`. */
  readonly operator: Operator | null;
  readonly session: Session | null;
  /** What every page is drawn in: who, language, theme, CSRF token. */
  shell(): Shell;
  /** Where the request came from, as far as it can be trusted. */
  readonly client: Client;
  /** Aborts when the visitor leaves, and at the request's deadline; a stream has no deadline. */
  readonly signal: AbortSignal;
  /** Sampled once when the request came. */
  readonly now: Date;
}

export interface Client {
  /** The visitor's address; behind a trusted proxy the one it names. */
  readonly address: string;
  /** The visitor speaks HTTPS, or is on this machine. */
  readonly secure: boolean;
  readonly userAgent: string;
  /** Scheme and host as in the visitor's address bar: `https://adit.example.org`. */
  readonly site: string;
}

/** The operator of a route that is not for nobody. */
export function operatorOf(context: RouteContext): Operator {
  if (context.operator === null) throw new AppError('forbidden', 'Log in first.');
  return context.operator;
}

/** The session of a route that is not for nobody. */
export function sessionOf(context: RouteContext): Session {
  if (context.session === null) throw new AppError('forbidden', 'Log in first.');
  return context.session;
}

export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'other-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

export interface RouteTable {
  readonly routes: readonly Route[];
  match(method: string, path: string): Match;
}

const METHOD_OF = { page: 'GET', action: 'POST', stream: 'GET', asset: 'GET' } as const;
const ADMITS = ['nobody', 'viewer', 'operator', 'owner'];

/** Throws at once for a list that is not right: a route for no one, of the wrong method, or a path taken twice. */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const taken = new Set<string>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    if (!ADMITS.includes(route.role)) throw new AppError('internal', `${name} does not say who may come`);
    if (METHOD_OF[route.kind] !== route.method) {
      throw new AppError('internal', `${name}: a ${route.kind} is a ${METHOD_OF[route.kind]}`);
    }
    const shape = name.replaceAll(/:[^/]+/g, ':');
    if (taken.has(shape)) throw new AppError('internal', `${name} is listed twice`);
    taken.add(shape);
  }
  const patterns = routes.map((route) => ({ route, parts: route.path.split('/') }));
  // Plain words win over parameters: /peers/new is not the peer called new.
  patterns.sort((a, b) => parametersIn(a.parts) - parametersIn(b.parts));
  return { routes, match: (method, path) => matchOne(patterns, method, path.split('/')) };
}

interface Pattern {
  readonly route: Route;
  readonly parts: readonly string[];
}

const parametersIn = (parts: readonly string[]) => parts.filter((each) => each.startsWith(':')).length;

function matchOne(patterns: readonly Pattern[], method: string, given: readonly string[]): Match {
  const allowed: string[] = [];
  for (const { route, parts } of patterns) {
    const params = paramsOf(parts, given);
    if (params === null) continue;
    if (route.method === method || (method === 'HEAD' && route.method === 'GET')) {
      return { kind: 'route', route, params };
    }
    allowed.push(route.method);
  }
  return allowed.length > 0 ? { kind: 'other-method', allowed } : { kind: 'none' };
}

function paramsOf(parts: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (parts.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = given[index]!;
    if (!part.startsWith(':')) {
      if (part !== value) return null;
    } else {
      const decoded = decode(value);
      if (decoded === null || decoded === '') return null;
      params[part.slice(1)] = decoded;
    }
  }
  return params;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
