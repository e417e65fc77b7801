import type { FormState } from '../../../../views/dashboard/models.ts';
import { ConfirmPage } from '../../../../views/dashboard/pages/confirm.tsx';
import { PasswordPage } from '../../../../views/dashboard/pages/password.tsx';
import { SessionsPage } from '../../../../views/dashboard/pages/sessions.tsx';
import { actions, confirmed, paths } from '../../../../views/dashboard/paths.ts';
import { AppError } from '../../../core/errors.ts';
import { sessionId } from '../../../core/ids.ts';
import { changePassword } from '../../../services/way-in/manage-operators.ts';
import { page, seeOther } from '../answers.ts';
import { COOKIES, noCookie } from '../cookies.ts';
import { operatorOf, type Route, type RouteContext, sessionOf } from '../routes.ts';
import { type AuthDeps, clean, refused, visitorOf } from './parts.ts';

/** One's own logins and password. */
export function sessionRoutes(deps: AuthDeps): readonly Route[] {
  const own = { role: 'viewer' } as const;
  const password = { ...own, path: paths.password };
  const all = { ...own, path: confirmed.endSessions };
  return [
    {
      ...own,
      method: 'POST',
      path: actions.logout,
      kind: 'action',
      handle: (context) => logOut(deps, context),
    },
    { ...own, method: 'GET', path: paths.sessions, kind: 'page', handle: (context) => list(deps, context) },
    {
      ...own,
      method: 'POST',
      path: `${paths.sessions}/:id/end`,
      kind: 'action',
      handle: (context) => end(deps, context),
    },
    { ...all, method: 'GET', kind: 'page', handle: (context) => askEverywhere(deps, context) },
    { ...all, method: 'POST', kind: 'action', handle: (context) => everywhere(deps, context) },
    { ...password, method: 'GET', kind: 'page', handle: async (context) => passwordPage(context, clean()) },
    { ...password, method: 'POST', kind: 'action', handle: (context) => setPassword(deps, context) },
  ];
}

/** Out: the cookie goes, and the browser forgets what it keeps of these pages. */
function left(): Response {
  const answer = seeOther(paths.login);
  answer.headers.append('set-cookie', noCookie(COOKIES.session));
  answer.headers.set('clear-site-data', '"cache"');
  return answer;
}

async function logOut({ sessions }: AuthDeps, context: RouteContext): Promise<Response> {
  await sessions.logOut(sessionOf(context), visitorOf(context));
  return left();
}

async function list({ sessions, wayIn }: AuthDeps, context: RouteContext): Promise<Response> {
  const session = sessionOf(context);
  const record = await wayIn.store.byId(session.operator.id);
  const rows = (await sessions.list(session, context.now)).map((line) => ({
    id: line.id,
    operator: session.operator.name,
    current: line.id === session.id,
    createdAt: line.createdAt.getTime(),
    seenAt: line.seenAt.getTime(),
    address: line.address,
    agent: line.agent,
  }));
  const model = { rows, totp: record?.totpSealed != null };
  return page(String(SessionsPage({ shell: context.shell(), model })));
}

async function end({ sessions }: AuthDeps, context: RouteContext): Promise<Response> {
  const session = sessionOf(context);
  const id = sessionId(context.params.id ?? '');
  if (!/^[0-9a-f-]{36}$/.test(id) || !(await sessions.end(session, id, visitorOf(context)))) {
    throw new AppError('not_found', 'This session is over already.');
  }
  return id === session.id ? left() : seeOther(paths.sessions, { tone: 'good', key: 'session-ended' });
}

async function askEverywhere({ sessions }: AuthDeps, context: RouteContext): Promise<Response> {
  const lines = await sessions.list(sessionOf(context), context.now);
  const model = {
    kind: 'sessions-end',
    subject: operatorOf(context).name,
    count: lines.length,
    action: confirmed.endSessions,
    fields: {},
    typed: null,
    back: paths.sessions,
    problem: null,
  } as const;
  return page(String(ConfirmPage({ shell: context.shell(), model })));
}

async function everywhere({ sessions }: AuthDeps, context: RouteContext): Promise<Response> {
  await sessions.logOutEverywhere(sessionOf(context), visitorOf(context));
  return left();
}

function passwordPage(context: RouteContext, form: FormState, status = 200): Response {
  return page(String(PasswordPage({ shell: context.shell(), form })), status);
}

async function setPassword({ wayIn }: AuthDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const { t } = context.shell();
  const again = (field: string | null, text: string, status = 422) =>
    passwordPage(context, refused({}, field, text), status);
  const next = form.get('password') ?? '';
  if (next !== form.get('again')) return again('again', t('password-differs'));
  const typed = { current: form.get('current') ?? '', next };
  const outcome = await changePassword(wayIn, sessionOf(context), typed, visitorOf(context));
  switch (outcome.kind) {
    case 'changed':
      return seeOther(paths.sessions, { tone: 'good', key: 'password-changed' });
    case 'wrong':
      return again('current', t('password-wrong'));
    case 'refused':
      return again('password', t(outcome.problem));
    case 'wait':
      return again(null, t('login-wait', { seconds: outcome.seconds }), 429);
  }
}
