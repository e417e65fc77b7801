import { csvPaths } from '../../../../views/dashboard/paths.ts';
import type { AccountRow, AuditRow, PeerRow } from '../../../core/ports/dashboard.ts';
import type { JobRow } from '../../../core/ports/job-desk.ts';
import { listPeers } from '../../../services/list-peers.ts';
import { recordExport } from '../../../services/operate/record-export.ts';
import type { Route, RouteContext } from '../routes.ts';
import { accountQuery } from './accounts.ts';
import { actOf } from './act.ts';
import { type CsvList, csvAnswer } from './csv.ts';
import type { PagesDeps } from './deps.ts';
import { type Door, openDoor } from './door.ts';
import { jobQuery } from './jobs.ts';
import { peerQuery } from './peers.ts';
import { auditQuery } from './records.ts';

/** The lists as files, with the filters of their pages. Whom they went to is in the audit. */
export function csvRoutes(deps: PagesDeps): readonly Route[] {
  const sent = { method: 'GET', role: 'operator', kind: 'page' } as const;
  return [
    { ...sent, path: csvPaths.accounts, handle: (context) => send(deps, context, accounts) },
    { ...sent, path: csvPaths.peers, handle: (context) => send(deps, context, peers) },
    { ...sent, path: csvPaths.jobs, handle: (context) => send(deps, context, jobs) },
    { ...sent, path: csvPaths.audit, handle: (context) => send(deps, context, audit) },
  ];
}

async function send<Row>(
  deps: PagesDeps,
  context: RouteContext,
  of: (deps: PagesDeps, door: Door, now: Date) => CsvList<Row>,
): Promise<Response> {
  const door = openDoor(context);
  const list = of(deps, door, context.now);
  const { actor } = actOf(context, new URLSearchParams());
  await recordExport(deps.operate, actor, list.name, door.filters());
  return csvAnswer(list, context.now);
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function accounts({ reader }: PagesDeps, door: Door, now: Date): CsvList<AccountRow> {
  const query = accountQuery(door);
  return {
    name: 'accounts',
    head: ['id', 'name', 'username', 'state', 'plan', 'until', 'devices', 'created_at'],
    cells: (row) => [
      row.id,
      row.name,
      row.username,
      row.state,
      row.plan,
      iso(row.until),
      row.devices,
      iso(row.createdAt),
    ],
    read: (page) => reader.accounts(query, page, now),
  };
}

const PEER_COLUMNS = [
  'id',
  'account',
  'account_name',
  'device',
  'node',
  'protocol',
  'ip4',
  'ip6',
  'public_key',
  'state',
  'wanted',
  'handshake_at',
  'received_bytes',
  'sent_bytes',
  'created_at',
];

function peers(deps: PagesDeps, door: Door, now: Date): CsvList<PeerRow> {
  const query = peerQuery(door);
  return {
    name: 'peers',
    head: PEER_COLUMNS,
    cells: (row) => [
      row.id,
      row.accountId,
      row.accountName,
      row.device,
      row.node,
      row.protocol,
      row.ip4,
      row.ip6,
      row.publicKey,
      row.state,
      String(row.wanted),
      iso(row.handshakeAt),
      row.receivedBytes,
      row.sentBytes,
      iso(row.createdAt),
    ],
    read: (page) => listPeers(deps, query, page, now),
  };
}

function jobs({ jobs: reader }: PagesDeps, door: Door, now: Date): CsvList<JobRow> {
  const query = jobQuery(door, reader.queues);
  return {
    name: 'jobs',
    head: [
      'id',
      'queue',
      'state',
      'attempt',
      'max_attempts',
      'subject',
      'created_at',
      'finished_at',
      'last_error',
    ],
    cells: (row) => [
      row.id,
      row.queue,
      row.state,
      row.attempt,
      row.maxAttempts,
      row.subject,
      iso(row.createdAt),
      iso(row.finishedAt),
      row.lastError,
    ],
    read: (page) => reader.list(query, page, now),
  };
}

function audit({ reader }: PagesDeps, door: Door): CsvList<AuditRow> {
  const query = auditQuery(door);
  return {
    name: 'audit',
    head: ['id', 'at', 'operator', 'action', 'subject', 'address', 'detail'],
    cells: (row) => [row.id, iso(row.at), row.operator, row.action, row.subject, row.address, row.detail],
    read: (page) => reader.audit(query, page),
  };
}
