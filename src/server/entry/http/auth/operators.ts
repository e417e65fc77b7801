import type { FormState } from '../../../../views/dashboard/models.ts';
import { ConfirmPage } from '../../../../views/dashboard/pages/confirm.tsx';
import { OperatorsPage } from '../../../../views/dashboard/pages/operators.tsx';
import { confirmed, paths, withQuery } from '../../../../views/dashboard/paths.ts';
import { AppError } from '../../../core/errors.ts';
import { type OperatorId, operatorId } from '../../../core/ids.ts';
import { nameProblem, plainName } from '../../../core/operator-rules.ts';
import { isRole, type Role } from '../../../core/operators.ts';
import { changeRole, removeOperator } from '../../../services/way-in/manage-operators.ts';
import { invite } from '../../../services/way-in/setup.ts';
import { actorOf } from '../../../services/way-in/way-in.ts';
import { page, seeOther } from '../answers.ts';
import { operatorOf, type Route, type RouteContext, sessionOf } from '../routes.ts';
import { type AuthDeps, clean, refused, shown, visitorOf } from './parts.ts';

/** Who may come in, for owners. A new operator gets a link and sets a password with it. */
export function operatorRoutes(deps: AuthDeps): readonly Route[] {
  const owners = { role: 'owner' } as const;
  const list = { ...owners, path: paths.operators };
  const one = `${paths.operators}/:id`;
  return [
    { ...list, method: 'GET', kind: 'page', handle: (context) => show(deps, context, { form: clean() }) },
    { ...list, method: 'POST', kind: 'action', handle: (context) => add(deps, context) },
    {
      ...owners,
      method: 'POST',
      path: `${one}/role`,
      kind: 'action',
      handle: (context) => setRole(deps, context),
    },
    {
      ...owners,
      method: 'GET',
      path: `${one}/remove`,
      kind: 'page',
      handle: (context) => askRemoval(deps, context),
    },
    {
      ...owners,
      method: 'POST',
      path: `${one}/remove`,
      kind: 'action',
      handle: (context) => remove(deps, context),
    },
  ];
}

interface Shown {
  readonly form: FormState;
  /** A link just made, shown this once. */
  readonly link?: { readonly name: string; readonly url: string };
  readonly status?: number;
}

async function show({ wayIn }: AuthDeps, context: RouteContext, what: Shown): Promise<Response> {
  const rows = (await wayIn.store.list()).map(({ id, name, role, totp, seenAt }) => ({
    id,
    name,
    role,
    totp,
    seenAt: seenAt?.getTime() ?? null,
    self: id === operatorOf(context).id,
  }));
  const model = { rows, form: what.form, link: what.link ?? null };
  return page(String(OperatorsPage({ shell: context.shell(), model })), what.status);
}

async function add(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const name = plainName(form.get('name') ?? '');
  const role = roleIn(form);
  const problem = nameProblem(name);
  if (problem !== null) {
    const again = refused(shown(form, 'name', 'role'), 'name', context.shell().t(problem));
    return show(deps, context, { form: again, status: 422 });
  }
  const visitor = visitorOf(context);
  const actor = actorOf(operatorOf(context), visitor);
  const token = await invite(deps.wayIn, { name, role }, actor, visitor.now);
  const url = context.client.site + withQuery(paths.setup, { token });
  return show(deps, context, { form: clean(), link: { name, url } });
}

async function setRole({ wayIn }: AuthDeps, context: RouteContext): Promise<Response> {
  const wanted = { id: idIn(context), role: roleIn(await context.form()) };
  await changeRole(wayIn, sessionOf(context), wanted, visitorOf(context));
  return seeOther(paths.operators, { tone: 'good', key: 'operator-role-changed' });
}

/** Their name has to be typed: operators are few, and each is somebody. */
async function askRemoval({ wayIn }: AuthDeps, context: RouteContext, wrong = false): Promise<Response> {
  const record = await wayIn.store.byId(idIn(context));
  if (record === null) throw nobody();
  const shell = context.shell();
  const model = {
    kind: 'operator-remove',
    subject: `${record.name} · ${shell.t(`role-${record.role}`)}`,
    count: 1,
    action: confirmed.removeOperator(record.id),
    fields: {},
    typed: record.name,
    back: paths.operators,
    problem: wrong ? { field: 'typed', text: shell.t('problem-typed') } : null,
  } as const;
  return page(String(ConfirmPage({ shell, model })), wrong ? 422 : 200);
}

async function remove(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const id = idIn(context);
  const record = await deps.wayIn.store.byId(id);
  const typed = (await context.form()).get('typed') ?? '';
  if (record !== null && plainName(typed) !== record.name) return askRemoval(deps, context, true);
  await removeOperator(deps.wayIn, sessionOf(context), id, visitorOf(context));
  return seeOther(paths.operators, { tone: 'good', key: 'operator-removed' });
}

function roleIn(form: URLSearchParams): Role {
  const role = form.get('role') ?? '';
  if (!isRole(role)) throw new AppError('invalid', 'Choose a role.');
  return role;
}

function idIn(context: RouteContext): OperatorId {
  const id = context.params.id ?? '';
  if (!/^[0-9a-f-]{36}$/.test(id)) throw nobody();
  return operatorId(id);
}

const nobody = () => new AppError('not_found', 'There is no such operator.');
