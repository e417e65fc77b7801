import { sql } from 'drizzle-orm';
import { peerId } from '../../../core/ids.ts';
import type { CounterStore, KnownTraffic, TrafficSource, TrafficStep } from '../../../core/ports/traffic.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { refuseOldHolder } from './holder.ts';
import { isRunning } from './running.ts';

/** What was counted of every peer that ever carried anything: one row a peer, which stays for its account's total. */
export function createCounterStore(database: Database): CounterStore {
  return {
    known: (source, keys) => database.read((tx) => readKnown(tx, source, keys)),
    record: (holder, steps, now) =>
      database.transaction(async (tx) => {
        await refuseOldHolder(tx, holder);
        // Rows in order of id: whoever else writes counters never waits for us in a circle.
        const inOrder = steps.toSorted((a, b) => (a.peerId < b.peerId ? -1 : 1));
        const written = [
          ...(await insertNew(
            tx,
            inOrder.filter((each) => each.known === null),
            now,
          )),
          ...(await stepOn(
            tx,
            inOrder.filter((each) => each.known !== null),
            now,
          )),
        ];
        await addUse(tx, written, now);
        return written.length;
      }),
    async anyLimit(now) {
      const rows = await database.read((tx) =>
        tx.execute<{ any: boolean }>(sql`
          select exists (
            select from adit.subscriptions s
             where s.traffic_limit_bytes is not null and s.limited_at is null and s.expired_at is null
               and ${isRunning(now)}) as any`),
      );
      return rows[0]?.any === true;
    },
  };
}

interface KnownRow extends Record<string, unknown> {
  readonly key: string;
  readonly id: string;
  readonly boot: string | null;
  readonly raw_received: string;
  readonly raw_sent: string;
  readonly received: string;
  readonly sent: string;
  readonly handshake: string | null;
}

/** Indexes: peers_public_key, peers_pkey, peer_counters_pkey. */
async function readKnown(
  tx: Tx,
  { node, protocol }: Pick<TrafficSource, 'node' | 'protocol'>,
  keys: readonly string[],
): Promise<readonly KnownTraffic[]> {
  const column = protocol === 'wireguard' ? sql`p.public_key` : sql`p.id`;
  const asked = protocol === 'wireguard' ? sql`::text[]` : sql`::uuid[]`;
  const given = protocol === 'wireguard' ? keys : keys.filter(isUuid);
  const rows = await tx.execute<KnownRow>(sql`
    select ${column}::text as key, p.id, c.boot, c.raw_received::text, c.raw_sent::text,
           c.received_bytes::text as received, c.sent_bytes::text as sent,
           (extract(epoch from c.last_handshake_at) * 1000)::bigint::text as handshake
      from adit.peers p left join adit.peer_counters c on c.peer_id = p.id
     where p.node_id = ${node} and ${column} = any(${sql.param([...given])}${asked})`);
  return rows.map(toKnown);
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

const toKnown = (row: KnownRow): KnownTraffic => ({
  key: row.key,
  peerId: peerId(row.id),
  counter:
    row.boot === null
      ? null
      : {
          boot: row.boot,
          rawReceived: Number(row.raw_received),
          rawSent: Number(row.raw_sent),
          received: Number(row.received),
          sent: Number(row.sent),
          handshakeAt: row.handshake === null ? null : new Date(Number(row.handshake)),
        },
});

/** What was written: the peer, and the bytes that were not counted before. */
interface Use {
  readonly id: string;
  readonly bytes: number;
}

const useOf = (step: TrafficStep): Use => ({
  id: step.peerId,
  bytes: step.next.received + step.next.sent - (step.known?.received ?? 0) - (step.known?.sent ?? 0),
});

async function insertNew(tx: Tx, steps: readonly TrafficStep[], now: Date): Promise<readonly Use[]> {
  if (steps.length === 0) return [];
  const rows = await tx.execute<{ peer_id: string }>(sql`
    insert into adit.peer_counters
      (peer_id, boot, raw_received, raw_sent, received_bytes, sent_bytes, last_handshake_at, read_at)
    select n.*, ${now.toISOString()} from unnest(${nextColumns(steps)}) as n on conflict do nothing
    returning peer_id`);
  return usesOf(steps, rows);
}

/** One list of everything: two lists joined by id are compared row by row, five hundred times five hundred. */
async function stepOn(tx: Tx, steps: readonly TrafficStep[], now: Date): Promise<readonly Use[]> {
  if (steps.length === 0) return [];
  const known = steps.map((each) => each.known!);
  const rows = await tx.execute<{ peer_id: string }>(sql`
    update adit.peer_counters c
       set boot = n.boot, raw_received = n.raw_received, raw_sent = n.raw_sent, received_bytes = n.received,
           sent_bytes = n.sent, last_handshake_at = n.handshake, read_at = ${now.toISOString()}
      from unnest(${nextColumns(steps)},
                  ${sql.param(known.map((each) => each.boot))}::text[],
                  ${sql.param(known.map((each) => each.rawReceived))}::bigint[],
                  ${sql.param(known.map((each) => each.rawSent))}::bigint[],
                  ${sql.param(known.map((each) => each.received))}::bigint[],
                  ${sql.param(known.map((each) => each.sent))}::bigint[])
             as n(id, boot, raw_received, raw_sent, received, sent, handshake,
                  known_boot, known_raw_received, known_raw_sent, known_received, known_sent)
     where c.peer_id = n.id
       and (c.boot, c.raw_received, c.raw_sent, c.received_bytes, c.sent_bytes)
         = (n.known_boot, n.known_raw_received, n.known_raw_sent, n.known_received, n.known_sent)
    returning c.peer_id`);
  return usesOf(steps, rows);
}

const nextColumns = (steps: readonly TrafficStep[]) => sql`
  ${sql.param(steps.map((each) => each.peerId))}::uuid[],
  ${sql.param(steps.map(({ next }) => next.boot))}::text[],
  ${sql.param(steps.map(({ next }) => next.rawReceived))}::bigint[],
  ${sql.param(steps.map(({ next }) => next.rawSent))}::bigint[],
  ${sql.param(steps.map(({ next }) => next.received))}::bigint[],
  ${sql.param(steps.map(({ next }) => next.sent))}::bigint[],
  ${sql.param(steps.map(({ next }) => next.handshakeAt?.toISOString() ?? null))}::timestamptz[]`;

function usesOf(
  steps: readonly TrafficStep[],
  rows: readonly { readonly peer_id: string }[],
): readonly Use[] {
  const written = new Set(rows.map((row) => row.peer_id));
  return steps.filter((each) => written.has(each.peerId)).map(useOf);
}

/**
 * Bytes go to the subscription that runs now and ends last, as core/access chooses it. Those of an account without one
 * (what came between its end and the last reading) stand in its peers' totals only. Rows are locked in order of id: two
 * nodes are counted at once, and most accounts have devices on both.
 * Indexes: peers_pkey, devices_pkey, subscriptions_account.
 */
async function addUse(tx: Tx, written: readonly Use[], now: Date): Promise<void> {
  const uses = written.filter((each) => each.bytes > 0);
  if (uses.length === 0) return;
  await tx.execute(sql`
    with u as materialized (
        select r.id, sum(w.bytes)::bigint as bytes
          from unnest(${sql.param(uses.map((each) => each.id))}::uuid[],
                      ${sql.param(uses.map((each) => each.bytes))}::bigint[]) as w(peer, bytes)
          -- By the index, whatever the tables' sizes: never over all peers for a few hundred.
          cross join lateral (
            select d.account_id from adit.peers p join adit.devices d on d.id = p.device_id
             where p.id = w.peer limit 1
          ) d
          join lateral (
            select s.id from adit.subscriptions s where s.account_id = d.account_id and ${isRunning(now)}
             order by s.ends_at desc, s.id limit 1
          ) r on true
         group by r.id
    ), held as materialized (
        select s.id from adit.subscriptions s where s.id in (select id from u) order by s.id for no key update
    )
    update adit.subscriptions t set used_bytes = t.used_bytes + u.bytes
      from u join held using (id)
     where t.id = u.id`);
}
