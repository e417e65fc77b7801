import type { SqlExecutor } from '../../../core/ports/sql-executor.ts';
import type { VitalsEvent } from '../../../core/ports/vitals.ts';

const DAY_MS = 86_400_000;

/**
 * The last things that happened, newest first. Each part walks an index from its newest end and stops at the limit:
 * issues_pkey (ids sort by time), devices_revoked, reconcile_runs_started within a day, audit_pkey.
 */
export async function readEvents(
  database: SqlExecutor,
  now: Date,
  limit: number,
): Promise<readonly VitalsEvent[]> {
  const rows = await database.execute(
    `(SELECT ${epochMs('i.created_at')} AS at, 'access-issued' AS kind, i.account_id::text AS who, d.name AS what,
             0 AS number
        FROM adit.issues i JOIN adit.devices d ON d.id = i.device_id ORDER BY i.id DESC LIMIT ${limit})
     UNION ALL
     (SELECT ${epochMs('revoked_at')}, 'peer-revoked', account_id::text, name, 0
        FROM adit.devices WHERE revoked_at IS NOT NULL ORDER BY revoked_at DESC LIMIT ${limit})
     UNION ALL
     (SELECT ${epochMs('finished_at')}, CASE WHEN outcome = 'corrected' THEN 'reconciled' ELSE 'reconcile-failed' END,
             node_id, outcome, added + removed + changed
        FROM adit.reconcile_runs
       WHERE started_at > $1::text::timestamptz AND outcome <> 'equal' AND NOT dry_run
       ORDER BY started_at DESC LIMIT ${limit})
     UNION ALL
     (SELECT ${epochMs('at')}, 'audit', operator_name, action, 0 FROM adit.audit ORDER BY id DESC LIMIT ${limit})
     ORDER BY at DESC LIMIT ${limit}`,
    [new Date(now.getTime() - DAY_MS).toISOString()],
  );
  return rows.map((row) =>
    toEvent({
      at: Number(row.at),
      kind: String(row.kind),
      who: String(row.who),
      what: String(row.what),
      number: Number(row.number),
    }),
  );
}

const epochMs = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;

interface EventRow {
  readonly at: number;
  readonly kind: string;
  /** An account, a node, an operator. */
  readonly who: string;
  /** A device, an outcome, an act. */
  readonly what: string;
  readonly number: number;
}

function toEvent({ at, kind, who, what, number }: EventRow): VitalsEvent {
  const account = { kind: 'account', id: who } as const;
  const node = { kind: 'node', id: who } as const;
  switch (kind) {
    case 'access-issued':
      return { at, tone: 'good', kind, values: { name: what }, about: account };
    case 'peer-revoked':
      return { at, tone: 'plain', kind, values: { name: what }, about: account };
    case 'reconciled':
      return { at, tone: 'warn', kind, values: { node: who, changes: number }, about: node };
    case 'reconcile-failed':
      return { at, tone: 'bad', kind, values: { node: who }, about: node };
    default:
      return { at, tone: 'plain', about: null, ...ofAudit(who, what) };
  }
}

function ofAudit(operator: string, action: string): Pick<VitalsEvent, 'kind' | 'values'> {
  return action === 'login'
    ? { kind: 'login', values: { operator } }
    : { kind: 'operator-acted', values: { operator, action } };
}
