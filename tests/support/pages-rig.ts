import { createLogHistory } from '../../src/server/adapters/log/history.ts';
import { createReconcileReader } from '../../src/server/adapters/postgres/stores/reconcile-reader.ts';
import { createMemoryTunnel, type MemoryTunnel } from '../../src/server/adapters/wireguard/memory-tunnel.ts';
import { effectiveSettings } from '../../src/server/config/settings.ts';
import { pageRoutes } from '../../src/server/entry/http/pages/routes.ts';
import type { Route } from '../../src/server/entry/http/routes.ts';
import { createNodeActivity } from '../../src/server/services/node-activity.ts';
import { type DashboardRig, openDashboardRig } from './dashboard-rig.ts';
import { createDoorKit } from './door-kit.ts';
import { type OperateRig, openOperateRig } from './operate-rig.ts';
import { keyOf, NODE } from './store-rig.ts';

/** The pages over a real server, a real database and an interface in memory. */
export interface PagesRig {
  readonly data: OperateRig;
  readonly site: DashboardRig;
  readonly tunnel: MemoryTunnel;
  readonly logs: ReturnType<typeof createLogHistory>;
  close(): Promise<void>;
}

export const ENVIRONMENT = {
  DATABASE_URL: 'postgres://adit:very-secret-word@db.example/adit',
  XRAY_API_URL: 'https://name:another-secret@panel.example',
  HTTP_PORT: '8081',
};

/** `more`: the routes of the overview, when they are to be there. */
export async function openPagesRig(more: readonly Route[] = []): Promise<PagesRig> {
  const data = await openOperateRig();
  const { clock, log } = createDoorKit();
  const tunnel = createMemoryTunnel({ clock, publicKey: keyOf(0), listenPort: 51820 });
  await tunnel.ensureUp();
  const logs = createLogHistory();
  const routes = pageRoutes({
    reader: data.reader,
    reconcile: createReconcileReader(data.database),
    jobs: data.queue.reader,
    activity: createNodeActivity({ tunnel, clock, log }),
    others: [],
    local: { id: NODE, backend: 'memory', holdsLease: () => true, lastSuccessAt: () => null },
    operate: data.operate,
    logs,
    settings: effectiveSettings(ENVIRONMENT),
    strangers: { policy: 'report', graceMs: 86_400_000 },
    access: { trialDays: 3, devicesPerAccount: 3 },
  });
  const site = await openDashboardRig({ database: data.test, routes: () => [...routes, ...more] });
  // Without an owner every page is the one that says so.
  await site.operator('the-owner', 'owner');
  return {
    data,
    site,
    tunnel,
    logs,
    async close() {
      await site.close();
      await data.close();
    },
  };
}
