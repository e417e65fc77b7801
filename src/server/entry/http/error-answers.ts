import type { ErrorModel } from '../../../views/dashboard/models.ts';
import { paths, withQuery } from '../../../views/dashboard/paths.ts';
import { type AppError, isPassing } from '../../core/errors.ts';
import { page, statusOf } from './answers.ts';
import { type DashboardDeps, shellVisit, type Visit } from './dashboard.ts';
import type { Route } from './routes.ts';
import { shellOf } from './shell.ts';

/** The page comes back by itself when the database does. Seconds. */
const RETRY_SECONDS = 5;

/** Everything that is not what was asked for, as pages. An `internal` failure is in the log under the id on the page. */
export function createErrorAnswers(deps: DashboardDeps) {
  const draw = (visit: Visit, model: Partial<ErrorModel> & Pick<ErrorModel, 'kind'>) =>
    deps.errorPage(shellOf(deps, shellVisit(visit)), { incident: null, text: null, ...model });
  const isGet = (visit: Visit) => visit.request.method !== 'POST';
  const byHtmx = (visit: Visit) => visit.request.headers.has('hx-request');
  /** Browsers ask again by themselves; an action is never repeated by itself. */
  const retry = (visit: Visit): Record<string, string> => ({
    'retry-after': String(RETRY_SECONDS),
    ...(isGet(visit) && !byHtmx(visit) ? { refresh: String(RETRY_SECONDS) } : {}),
  });

  function failedInside(visit: Visit, route: Route, error: AppError): Response {
    const incident = deps.random.uuid().slice(-12);
    const { method, path } = route;
    deps.log.error({ incident, method, path, error }, 'a request of the dashboard failed');
    return page(draw(visit, { kind: 'failed', incident }), 500);
  }

  return {
    notFound: (visit: Visit) => page(draw(visit, { kind: 'not-found' }), 404),
    otherMethod: (visit: Visit, allowed: readonly string[]) =>
      page(draw(visit, { kind: 'not-found' }), 405, { allow: allowed.join(', ') }),
    forbidden: (visit: Visit) => page(draw(visit, { kind: 'forbidden' }), 403),
    refused: (visit: Visit) => page(draw(visit, { kind: 'refused' }), 403),
    notSetUp: (visit: Visit) => page(deps.notSetUpPage(shellOf(deps, shellVisit(visit))), 503),

    /** A page sends to the login and back here; anything else cannot be repeated blindly. */
    logInFirst(visit: Visit, route: Route): Response {
      const login = withQuery(paths.login, {
        next: isGet(visit) && route.kind === 'page' ? visit.url.pathname + visit.url.search : null,
      });
      if (byHtmx(visit)) return new Response(null, { status: 401, headers: { 'hx-redirect': login } });
      if (route.kind === 'stream') return new Response('log in first\n', { status: 401 });
      return new Response(null, { status: 303, headers: { location: login } });
    },

    failed(visit: Visit, route: Route, error: AppError): Response {
      if (error.code === 'internal') return failedInside(visit, route, error);
      if (isPassing(error)) {
        return page(draw(visit, { kind: 'database-away' }), 503, retry(visit));
      }
      const status = statusOf(error);
      const kind = KINDS[error.code] ?? 'refused';
      return page(draw(visit, { kind, text: error.message }), status);
    },
  };
}

const KINDS: Partial<Record<AppError['code'], ErrorModel['kind']>> = {
  not_found: 'not-found',
  forbidden: 'forbidden',
  exhausted: 'too-many',
};
