import type { SqlExecutor } from '../../../core/ports/sql-executor.ts';
import type { EventKind, VitalsEvent } from '../../../core/ports/vitals.ts';

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
    `(SELECT ${epochMs('i.created_at')} AS at, 'issued' AS kind, i.account_id::text AS who, d.name AS what
        FROM adit.issues i JOIN adit.devices d ON d.id = i.device_id ORDER BY i.id DESC LIMIT ${limit})
     UNION ALL
     (SELECT ${epochMs('revoked_at')}, 'revoked', account_id::text, name
        FROM adit.devices WHERE revoked_at IS NOT NULL ORDER BY revoked_at DESC LIMIT ${limit})
     UNION ALL
     (SELECT ${epochMs('finished_at')}, 'reconciled', node_id, outcome
        FROM adit.reconcile_runs
       WHERE started_at > $1::text::timestamptz AND outcome <> 'equal'
       ORDER BY started_at DESC LIMIT ${limit})
     UNION ALL
     (SELECT ${epochMs('at')}, 'audit', operator_name, action FROM adit.audit ORDER BY id DESC LIMIT ${limit})
     ORDER BY at DESC LIMIT ${limit}`,
    [new Date(now.getTime() - DAY_MS).toISOString()],
  );
  return rows.map((row) =>
    toEvent({ at: Number(row.at), kind: String(row.kind), who: String(row.who), what: String(row.what) }),
  );
}

const epochMs = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;

interface EventRow {
  readonly at: number;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
}

function toEvent({ at, kind, who, what }: EventRow): VitalsEvent {
  switch (kind) {
    case 'issued':
    case 'revoked':
      return told(
        at,
        kind === 'issued' ? 'good' : 'plain',
        kind,
        { device: what, account: who },
        'account',
        who,
      );
    case 'reconciled':
      return told(at, RUN_TONE[what] ?? 'bad', 'reconciled', { node: who, outcome: what }, 'node', who);
    default:
      return { at, tone: 'plain', about: null, ...ofAudit(who, what) };
  }
}

const RUN_TONE: Readonly<Record<string, VitalsEvent['tone']>> = { corrected: 'warn', refused: 'bad' };

function ofAudit(operator: string, action: string): Pick<VitalsEvent, 'kind' | 'values'> {
  return action === 'login'
    ? { kind: 'login', values: { operator } }
    : { kind: 'operator-acted', values: { operator, action } };
}

function told(
  at: number,
  tone: VitalsEvent['tone'],
  kind: EventKind,
  values: VitalsEvent['values'],
  about: 'account' | 'node',
  id: string,
): VitalsEvent {
  return { at, tone, kind, values, about: { kind: about, id } };
}
