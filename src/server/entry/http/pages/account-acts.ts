import type { ConfirmKind } from '../../../../views/dashboard/models.ts';
import { ConfirmPage } from '../../../../views/dashboard/pages/confirm.tsx';
import { actions, confirmed, paths } from '../../../../views/dashboard/paths.ts';
import { addNote } from '../../../services/operate/add-note.ts';
import {
  type AccountActOutcome,
  pauseAccount,
  resumeAccount,
} from '../../../services/operate/change-account.ts';
import type { NotFound, Repeated } from '../../../services/operate/deps.ts';
import { grantDays, MOST_DAYS } from '../../../services/operate/grant-days.ts';
import { revokeSubscription } from '../../../services/operate/revoke-subscription.ts';
import { type Flash, page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { showAccountPage } from './accounts.ts';
import { accountOf, actOf, backTo, good, nowhere, warn } from './act.ts';
import type { PagesDeps } from './deps.ts';
import { typedText } from './door.ts';

const MOST_NOTE = 2000;
const MOST_REASON = 200;

/** What an operator does to an account. */
export function accountActRoutes(deps: PagesDeps): readonly Route[] {
  const act = { method: 'POST', role: 'operator', kind: 'action' } as const;
  const ask = { method: 'GET', role: 'operator', kind: 'page' } as const;
  const at = { pause: confirmed.pauseAccount(':id'), resume: confirmed.resumeAccount(':id') };
  return [
    { ...ask, path: named(at.pause), handle: (context) => confirm(deps, context, 'account-pause') },
    { ...ask, path: named(at.resume), handle: (context) => confirm(deps, context, 'account-resume') },
    { ...act, path: named(at.pause), handle: (context) => change(deps, context, 'pause') },
    { ...act, path: named(at.resume), handle: (context) => change(deps, context, 'resume') },
    { ...act, path: named(actions.grantDays(':id')), handle: (context) => grant(deps, context) },
    { ...act, path: named(actions.addNote(':id')), handle: (context) => note(deps, context) },
    {
      ...act,
      path: named(actions.revokeSubscription(':id')),
      handle: (context) => endSubscription(deps, context),
    },
  ];
}

/** The views encode what stands in a path; here it is the name of a part. */
export const named = (path: string): string => path.replaceAll('%3A', ':');

async function confirm({ reader }: PagesDeps, context: RouteContext, kind: ConfirmKind): Promise<Response> {
  const id = String(accountOf(context));
  const detail = await reader.account(id, context.now);
  if (detail === null) throw nowhere();
  const { name, username } = detail.account;
  const model = {
    kind,
    subject: username === null ? `${name} (${id})` : `${name} (@${username}, ${id})`,
    count: detail.devices.filter((each) => each.state !== 'gone').length,
    action: context.shell().path,
    fields: {},
    typed: null,
    back: paths.account(id),
    problem: null,
  };
  return page(String(ConfirmPage({ shell: context.shell(), model })));
}

async function change(
  { operate }: PagesDeps,
  context: RouteContext,
  what: 'pause' | 'resume',
): Promise<Response> {
  const form = await context.form();
  const id = accountOf(context);
  const service = what === 'pause' ? pauseAccount : resumeAccount;
  const outcome: AccountActOutcome = await service(operate, actOf(context, form), id);
  if (outcome.kind === 'not-found') throw nowhere();
  const done = good(`did-account-${what}`, { devices: outcome.devices });
  return backTo(form, paths.account(String(id)), done);
}

async function endSubscription({ operate }: PagesDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const id = accountOf(context);
  const { kind } = await revokeSubscription(operate, actOf(context, form), id);
  const said = kind === 'done' ? good('did-subscription-revoke') : warn('did-subscription-gone');
  return backTo(form, paths.account(String(id)), said);
}

async function grant(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const id = accountOf(context);
  const { t } = context.shell();
  const values = { days: form.get('days') ?? '', reason: form.get('reason') ?? '' };
  const again = (field: string, text: string) =>
    showAccountPage(deps, context, id, { values, problem: { field, text } });
  const days = /^\s*\d{1,4}\s*$/.test(values.days) ? Number(values.days) : 0;
  if (days < 1 || days > MOST_DAYS) return again('days', t('problem-days', { most: MOST_DAYS }));
  const reason = typedText(values.reason, MOST_REASON);
  if (reason === '') return again('reason', t('problem-reason'));
  const outcome = await grantDays(deps.operate, actOf(context, form), { account: id, days, reason });
  return answered(form, String(id), outcome, good('did-account-grant', { days }));
}

async function note(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const id = accountOf(context);
  const { t } = context.shell();
  const given = (form.get('note') ?? '').trim();
  const again = (text: string) =>
    showAccountPage(deps, context, id, { values: { note: given }, problem: { field: 'note', text } });
  if (given === '') return again(t('problem-note-empty'));
  if (given.length > MOST_NOTE) return again(t('problem-note-long', { most: MOST_NOTE }));
  const outcome = await addNote(deps.operate, actOf(context, form), { account: id, text: given });
  return answered(form, String(id), outcome, good('did-account-note'));
}

function answered(
  form: URLSearchParams,
  id: string,
  outcome: { readonly kind: 'done' } | Repeated | NotFound,
  done: Flash,
): Response {
  if (outcome.kind === 'not-found') throw nowhere();
  return backTo(form, paths.account(id), outcome.kind === 'repeat' ? warn('did-already') : done);
}
