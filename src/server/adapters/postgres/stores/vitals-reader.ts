import { LATE_AFTER_MS } from '../../../core/ports/dashboard.ts';
import type { SqlExecutor } from '../../../core/ports/sql-executor.ts';
import type { PeerVitals, PoolVitals, VitalsReader } from '../../../core/ports/vitals.ts';
import { firstIdAt } from './id-at.ts';
import { readEvents } from './vitals-events.ts';

const DAY_MS = 86_400_000;
/** Growth is measured over so many days, and not at all before a pool is one day old. */
const GROWTH_DAYS = 7;

/** What our own tables tell of how things stand; jobs are read by their own adapter. */
export function createVitalsReader(database: SqlExecutor): Omit<VitalsReader, 'jobs'> {
  return {
    addresses: (now) => readAddresses(database, now),
    peers: (now) => readPeers(database, now),
    async operators() {
      // A handful of rows.
      const rows = await database.execute(
        'SELECT count(*)::int AS count FROM adit.operators WHERE totp_sealed IS NULL',
      );
      return { withoutSecondFactor: Number(rows[0]?.count ?? 0) };
    },
    events: (now, limit) => readEvents(database, now, limit),
  };
}

/**
 * Ids are UUIDs of version 7, so what is new lies at the end of peers_pkey; what came back is in peers_released. The
 * addresses themselves are counted one by one: some milliseconds for a full /16.
 */
async function readAddresses(database: SqlExecutor, now: Date): Promise<readonly PoolVitals[]> {
  const since = new Date(now.getTime() - GROWTH_DAYS * DAY_MS);
  const rows = await database.execute(
    `SELECT l.id, l.node_id AS node, l.cidr4::text, l.cidr6::text, a.total, a.free, a.leased, a.resting,
            CASE WHEN l.created_at <= $1::text::timestamptz - interval '1 day'
                 THEN (c.created - r.released) / (extract(epoch FROM least(
                        $1::text::timestamptz - l.created_at, interval '${GROWTH_DAYS} days'))::float8 / 86400)
            END AS growth
       FROM adit.pools l
      CROSS JOIN LATERAL (
            SELECT count(*)::int AS total,
                   (count(*) FILTER (WHERE state = 'free'))::int AS free,
                   (count(*) FILTER (WHERE state = 'leased'))::int AS leased,
                   (count(*) FILTER (WHERE state = 'resting'))::int AS resting
              FROM adit.addresses WHERE pool_id = l.id) a
      CROSS JOIN LATERAL (
            SELECT count(*)::int AS created FROM adit.peers WHERE pool_id = l.id AND id >= $2::text::uuid) c
      CROSS JOIN LATERAL (
            SELECT count(*)::int AS released FROM adit.peers
             WHERE pool_id = l.id AND released_at >= $3::text::timestamptz) r
      ORDER BY l.id`,
    [now.toISOString(), firstIdAt(since), since.toISOString()],
  );
  return rows.map(toPool);
}

const toPool = (row: Readonly<Record<string, unknown>>): PoolVitals => ({
  id: Number(row.id),
  node: String(row.node),
  cidr4: String(row.cidr4),
  cidr6: row.cidr6 === null ? null : String(row.cidr6),
  total: Number(row.total),
  free: Number(row.free),
  leased: Number(row.leased),
  resting: Number(row.resting),
  growthPerDay: row.growth === null ? null : Number(row.growth),
});

/** Indexes: peers_wanted for the wanted ones, peers_unapplied for the few that are on their way. */
async function readPeers(database: SqlExecutor, now: Date): Promise<PeerVitals> {
  const lateSince = new Date(now.getTime() - LATE_AFTER_MS).toISOString();
  const rows = await database.execute(
    `SELECT (SELECT count(*) FROM adit.peers WHERE wanted)::int AS wanted,
            (count(*) FILTER (WHERE wanted))::int AS open,
            (count(*) FILTER (WHERE changed_at < $1::text::timestamptz))::int AS late,
            (extract(epoch FROM $2::text::timestamptz - min(changed_at)
               FILTER (WHERE changed_at < $1::text::timestamptz)) * 1000)::float8 AS oldest
       FROM adit.peers WHERE generation <> applied_generation`,
    [lateSince, now.toISOString()],
  );
  const { wanted, open, late, oldest } = rows[0] ?? {};
  return {
    wanted: Number(wanted ?? 0),
    applied: Number(wanted ?? 0) - Number(open ?? 0),
    late: Number(late ?? 0),
    oldestLateMs: oldest == null ? null : Number(oldest),
  };
}
