import type { FormState } from '../../../../views/dashboard/models.ts';
import { LoginPage, TotpPage } from '../../../../views/dashboard/pages/login.tsx';
import { paths, withQuery } from '../../../../views/dashboard/paths.ts';
import { CODE_STAGE_MS } from '../../../core/operator-rules.ts';
import { confirmCode } from '../../../services/way-in/confirm-code.ts';
import { logIn } from '../../../services/way-in/log-in.ts';
import { localPath, page, seeOther } from '../answers.ts';
import { COOKIES, cookie, readCookies } from '../cookies.ts';
import type { Route, RouteContext } from '../routes.ts';
import { type AuthDeps, clean, enter, refused, shown, visitorOf } from './parts.ts';

/** Name and password, then the second factor where there is one. */
export function loginRoutes(deps: AuthDeps): readonly Route[] {
  const open = { role: 'nobody' } as const;
  return [
    { ...open, method: 'GET', path: paths.login, kind: 'page', fromMemory: true, handle: showLogin },
    { ...open, method: 'POST', path: paths.login, kind: 'action', handle: (context) => login(deps, context) },
    { ...open, method: 'GET', path: paths.totp, kind: 'page', fromMemory: true, handle: showCode },
    { ...open, method: 'POST', path: paths.totp, kind: 'action', handle: (context) => code(deps, context) },
  ];
}

interface Shown {
  readonly form: FormState;
  readonly next: string;
  readonly waitSeconds?: number | null;
}

function loginPage(context: RouteContext, { form, next, waitSeconds = null }: Shown) {
  const shell = context.shell();
  // Cookies that need HTTPS would be dropped in silence: better said before than wondered at after.
  const notice = context.client.secure
    ? shell.notice
    : ({ tone: 'warn', text: shell.t('login-needs-https') } as const);
  return String(LoginPage({ shell: { ...shell, notice }, model: { form, next, waitSeconds } }));
}

async function showLogin(context: RouteContext): Promise<Response> {
  const next = localPath(context.query.get('next'), paths.overview);
  return page(loginPage(context, { form: clean(), next }));
}

async function login(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const next = localPath(form.get('next'), paths.overview);
  const typed = { name: form.get('name') ?? '', password: form.get('password') ?? '' };
  const outcome = await logIn(deps.wayIn, typed, visitorOf(context));
  const values = shown(form, 'name');
  switch (outcome.kind) {
    case 'in':
      return enter(next, outcome);
    case 'code': {
      const answer = seeOther(withQuery(paths.totp, { next }));
      const line = cookie(COOKIES.code, outcome.codeToken, CODE_STAGE_MS / 1000);
      answer.headers.append('set-cookie', line);
      return answer;
    }
    case 'wrong': {
      const problem = refused(values, null, context.shell().t('login-wrong'));
      return page(loginPage(context, { form: problem, next }), 401);
    }
    case 'wait': {
      const { seconds } = outcome;
      const html = loginPage(context, { form: clean(values), next, waitSeconds: seconds });
      return page(html, 429, { 'retry-after': String(seconds) });
    }
  }
}

function codePage(context: RouteContext, form: FormState, next: string, waitSeconds: number | null = null) {
  return String(TotpPage({ shell: context.shell(), model: { form, next, waitSeconds } }));
}

async function showCode(context: RouteContext): Promise<Response> {
  const next = localPath(context.query.get('next'), paths.overview);
  return page(codePage(context, clean(), next));
}

async function code(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const next = localPath(form.get('next'), paths.overview);
  const codeToken = readCookies(context.request.headers).get(COOKIES.code) ?? '';
  const typed = { codeToken, code: form.get('code') ?? '' };
  const outcome = await confirmCode(deps.wayIn, typed, visitorOf(context));
  switch (outcome.kind) {
    case 'in':
      return enter(next, outcome);
    case 'over':
      return seeOther(withQuery(paths.login, { next }), { tone: 'warn', key: 'login-code-over' });
    case 'wrong':
      return page(codePage(context, refused({}, 'code', context.shell().t('code-wrong')), next), 401);
    case 'wait': {
      const html = codePage(context, clean(), next, outcome.seconds);
      return page(html, 429, { 'retry-after': String(outcome.seconds) });
    }
  }
}
