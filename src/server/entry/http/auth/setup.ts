import type { FormState, SetupModel } from '../../../../views/dashboard/models.ts';
import { SetupPage } from '../../../../views/dashboard/pages/setup.tsx';
import { paths } from '../../../../views/dashboard/paths.ts';
import type { SetupLink } from '../../../core/ports/operators.ts';
import { useSetupLink } from '../../../services/way-in/setup.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { type AuthDeps, clean, enter, refused, shown, visitorOf } from './parts.ts';

/** The one-time link. Looking at it does not use it up; only a password set with it does. */
export function setupRoutes(deps: AuthDeps): readonly Route[] {
  const open = { path: paths.setup, role: 'nobody', beforeSetup: true } as const;
  return [
    { ...open, method: 'GET', kind: 'page', handle: (context) => show(deps, context) },
    { ...open, method: 'POST', kind: 'action', handle: (context) => set(deps, context) },
  ];
}

const GONE = 410;

function linkOf({ wayIn }: AuthDeps, token: string, now: Date): Promise<SetupLink | null> {
  return wayIn.store.link(wayIn.tokens.digest(token), now);
}

function draw(context: RouteContext, token: string, link: SetupLink | null, form: FormState): string {
  const kind: SetupModel['kind'] = link?.name === null ? 'first' : 'invited';
  const name = link?.name ?? null;
  return String(
    SetupPage({ shell: context.shell(), model: { form, token: link === null ? '' : token, kind, name } }),
  );
}

async function show(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const token = context.query.get('token') ?? '';
  const link = await linkOf(deps, token, context.now);
  return page(draw(context, token, link, clean()), link === null ? GONE : 200);
}

async function set(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const token = form.get('token') ?? '';
  const link = await linkOf(deps, token, context.now);
  if (link === null) return page(draw(context, token, null, clean()), GONE);
  const values = shown(form, 'name');
  const again = (field: string, key: string) =>
    page(draw(context, token, link, refused(values, field, context.shell().t(key))), 422);
  const password = form.get('password') ?? '';
  if (password !== form.get('again')) return again('again', 'password-differs');
  const typed = { token, name: form.get('name') ?? '', password };
  const outcome = await useSetupLink(deps.wayIn, typed, visitorOf(context));
  switch (outcome.kind) {
    case 'in':
      return enter(paths.totpSetup, outcome);
    case 'over':
      return page(draw(context, token, null, clean()), GONE);
    case 'refused':
      return again(outcome.problem.startsWith('name') ? 'name' : 'password', outcome.problem);
  }
}
