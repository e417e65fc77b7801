import type { FormState } from '../../../../views/dashboard/models.ts';
import { NodesPage } from '../../../../views/dashboard/pages/nodes.tsx';
import { PlansPage } from '../../../../views/dashboard/pages/plans.tsx';
import { PoolsPage } from '../../../../views/dashboard/pages/pools.tsx';
import { SettingsPage } from '../../../../views/dashboard/pages/settings.tsx';
import { actions, paths } from '../../../../views/dashboard/paths.ts';
import { listNodes } from '../../../services/list-nodes.ts';
import { listPools } from '../../../services/list-pools.ts';
import { addPool } from '../../../services/operate/add-pool.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { actOf, backTo, good } from './act.ts';
import type { PagesDeps } from './deps.ts';

/** Pools, nodes, plans and settings: short lists, shown whole. */
export function machineRoutes(deps: PagesDeps): readonly Route[] {
  const seen = { method: 'GET', role: 'viewer', kind: 'page' } as const;
  return [
    { ...seen, path: paths.pools, handle: (context) => pools(deps, context) },
    {
      method: 'POST',
      role: 'owner',
      kind: 'action',
      path: actions.addPool,
      handle: (context) => newPool(deps, context),
    },
    { ...seen, path: paths.nodes, handle: (context) => nodes(deps, context) },
    { ...seen, path: paths.plans, handle: (context) => plans(deps, context) },
    {
      ...seen,
      role: 'owner',
      path: paths.settings,
      fromMemory: true,
      handle: async (context) => settings(deps, context),
    },
  ];
}

const CLEAN: FormState = { values: {}, problem: null };

async function pools(deps: PagesDeps, context: RouteContext, form = CLEAN): Promise<Response> {
  const [rows, nodes] = await Promise.all([listPools(deps, context.now), deps.reader.nodeNames('wireguard')]);
  const model = { pools: rows, nodes, form };
  return page(String(PoolsPage({ shell: context.shell(), model })), form.problem === null ? 200 : 422);
}

async function newPool(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const form = await context.form();
  const typed = (name: string) => (form.get(name) ?? '').trim().slice(0, 64);
  const values = { node: typed('node'), cidr4: typed('cidr4'), cidr6: typed('cidr6') };
  const outcome = await addPool(deps.operate, actOf(context, form), values);
  const { t } = context.shell();
  const refused = (field: string, text: string) => pools(deps, context, { values, problem: { field, text } });
  switch (outcome.kind) {
    case 'done':
      return backTo(
        form,
        paths.pools,
        good('did-pool-add', { pool: outcome.pool, count: outcome.addresses }),
      );
    case 'invalid':
      return refused(outcome.field, t(`problem-network-${outcome.fault}`, outcome.values));
    case 'no-node':
      return refused(outcome.field, t('problem-pool-node'));
    case 'overlap':
      return refused(outcome.field, t('problem-pool-overlap', { pool: outcome.pool }));
  }
}

async function nodes(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const model = { nodes: await listNodes(deps, context.now) };
  return page(String(NodesPage({ shell: context.shell(), model })));
}

async function plans({ reader, access }: PagesDeps, context: RouteContext): Promise<Response> {
  const use = new Map((await reader.planUse(context.now)).map((each) => [each.plan, each.accounts]));
  const devices = access.devicesPerAccount;
  const row = (name: string, days: number, setBy: string | null) => ({
    name,
    days,
    devices,
    accounts: use.get(name) ?? 0,
    setBy,
  });
  const others = [...use.keys()].filter((name) => name !== 'trial' && name !== 'gift');
  const rows = [
    row('trial', access.trialDays, 'TRIAL_DAYS'),
    // Days are chosen with each grant.
    row('gift', 0, null),
    ...others.map((name) => row(name, 0, null)),
  ];
  return page(String(PlansPage({ shell: context.shell(), model: { plans: rows } })));
}

function settings({ settings: groups }: PagesDeps, context: RouteContext): Response {
  return page(String(SettingsPage({ shell: context.shell(), model: { groups } })));
}
