import { AuditPage } from '../../../../views/dashboard/pages/audit.tsx';
import { LogsPage } from '../../../../views/dashboard/pages/logs.tsx';
import { paths } from '../../../../views/dashboard/paths.ts';
import type { AuditQuery, AuditRow } from '../../../core/ports/dashboard.ts';
import { LOG_LEVELS } from '../../../core/ports/log-history.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { isUuid } from './cursor.ts';
import type { PagesDeps } from './deps.ts';
import { type Door, openDoor, toPage } from './door.ts';

/** What was done, and what was logged. */
export function recordRoutes(deps: PagesDeps): readonly Route[] {
  const seen = { method: 'GET', kind: 'page' } as const;
  return [
    { ...seen, role: 'viewer', path: paths.audit, handle: (context) => audit(deps, context) },
    {
      ...seen,
      role: 'operator',
      path: paths.logs,
      fromMemory: true,
      handle: async (context) => logs(deps, context),
    },
  ];
}

/** The filters of the list and of its CSV. */
export function auditQuery(door: Door): AuditQuery {
  const operator = door.text('operator') || null;
  return { q: door.text('q'), operator, action: door.text('action') || null };
}

async function audit({ reader }: PagesDeps, context: RouteContext): Promise<Response> {
  const door = openDoor(context);
  const query = auditQuery(door);
  const [slice, choices] = await Promise.all([
    reader.audit(query, door.slice(['whole'])),
    reader.auditChoices(),
  ]);
  const rows = slice.rows.map((row) => ({ ...row, subjectHref: hrefOf(row) }));
  const model = { ...choices, filters: door.filters(), page: toPage({ ...slice, rows }, null) };
  return page(String(AuditPage({ shell: door.shell(), model })));
}

/** `account:42`, `peer:<id>`, `job:<id>`, `node:<id>`, `pool:<network>` lead to their pages. */
function hrefOf({ subject }: AuditRow): string | null {
  const [kind, id = ''] = subject?.split(/:(.*)/s) ?? [];
  if (kind === 'account' && /^\d+$/.test(id)) return paths.account(id);
  if (kind === 'peer' && isUuid(id)) return paths.peer(id);
  if (kind === 'job' && isUuid(id)) return paths.job(id);
  if (kind === 'node' && id !== '') return paths.node(id);
  return kind === 'pool' ? paths.pools : null;
}

function logs({ logs: history }: PagesDeps, context: RouteContext): Response {
  const door = openDoor(context);
  const level = door.choice('level', LOG_LEVELS) ?? 'info';
  const slice = history.list({ level, q: door.text('q') }, door.slice(['whole']), context.now);
  const filters = { ...door.filters(), level };
  const model = { filters, page: toPage(slice, null), dropped: history.dropped() };
  return page(String(LogsPage({ shell: door.shell(), model })));
}
