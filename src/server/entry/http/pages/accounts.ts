import type { AccountModel } from '../../../../views/dashboard/models/people.ts';
import type { FormState } from '../../../../views/dashboard/models.ts';
import { AccountPage } from '../../../../views/dashboard/pages/account.tsx';
import { AccountsPage } from '../../../../views/dashboard/pages/accounts.tsx';
import { paths } from '../../../../views/dashboard/paths.ts';
import type { AccountId } from '../../../core/ids.ts';
import {
  ACCOUNT_SORTS,
  ACCOUNT_STATES,
  type AccountQuery,
  type AccountSort,
} from '../../../core/ports/dashboard.ts';
import { withActivity } from '../../../services/list-peers.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { accountOf, nowhere } from './act.ts';
import type { KeyShape } from './cursor.ts';
import type { PagesDeps } from './deps.ts';
import { type Door, openDoor, toPage } from './door.ts';

const KEYS: Readonly<Record<AccountSort, readonly KeyShape[]>> = {
  newest: ['moment', 'whole'],
  oldest: ['moment', 'whole'],
  name: ['text', 'whole'],
  until: ['moment', 'whole'],
};

export function accountRoutes(deps: PagesDeps): readonly Route[] {
  const seen = { method: 'GET', role: 'viewer', kind: 'page' } as const;
  return [
    { ...seen, path: paths.accounts, handle: (context) => list(deps, context) },
    {
      ...seen,
      path: `${paths.accounts}/:id`,
      handle: (context) => showAccountPage(deps, context, accountOf(context)),
    },
  ];
}

/** The filters of the list and of its CSV. */
export function accountQuery(door: Door): AccountQuery {
  const state = door.choice('state', ACCOUNT_STATES);
  return { q: door.text('q'), state, sort: door.choice('sort', ACCOUNT_SORTS) ?? 'newest' };
}

async function list({ reader }: PagesDeps, context: RouteContext): Promise<Response> {
  const door = openDoor(context);
  const query = accountQuery(door);
  const [slice, total] = await Promise.all([
    reader.accounts(query, door.slice(KEYS[query.sort]), context.now),
    reader.countAccounts(query, context.now),
  ]);
  const model = { filters: door.filters(), page: toPage(slice, total) };
  return page(String(AccountsPage({ shell: door.shell(), model })));
}

const CLEAN: FormState = { values: {}, problem: null };

/** One account's page; with a form that was refused, what it held is in it. */
export async function showAccountPage(
  { reader, activity, operate }: PagesDeps,
  context: RouteContext,
  id: AccountId,
  form: FormState = CLEAN,
): Promise<Response> {
  const [detail, live] = await Promise.all([reader.account(String(id), context.now), activity.recent()]);
  if (detail === null) throw nowhere();
  const devices = detail.devices.map((each) => withActivity(each, live));
  const model: AccountModel = { ...detail, devices, form, once: operate.random.uuid() };
  const html = String(AccountPage({ shell: context.shell(), model }));
  return page(html, form.problem === null ? 200 : 422);
}
