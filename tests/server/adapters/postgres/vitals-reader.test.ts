import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createJobs } from '../../../../src/server/adapters/jobs/jobs.ts';
import { readDeadEvents, readJobVitals } from '../../../../src/server/adapters/jobs/vitals.ts';
import type { Database } from '../../../../src/server/adapters/postgres/client.ts';
import { createDashboardReader } from '../../../../src/server/adapters/postgres/stores/dashboard-reader.ts';
import { createVitalsReader } from '../../../../src/server/adapters/postgres/stores/vitals-reader.ts';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../../../src/server/adapters/system/random.ts';
import type { VitalsReader } from '../../../../src/server/core/ports/vitals.ts';
import { listPools } from '../../../../src/server/services/list-pools.ts';
import { databaseOn } from '../../../support/database.ts';
import { silentLog } from '../../../support/door-kit.ts';
import { type TestDatabase, testDatabase } from '../../../support/postgres.ts';

const NOW = new Date('2026-03-15T12:00:00Z');
const SCHEMA = 'adit_jobs';
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

let test_: TestDatabase;
let database: Database;
let reader: Omit<VitalsReader, 'jobs'>;

beforeAll(async () => {
  test_ = await testDatabase({ migrated: true });
  database = databaseOn(test_.socket);
  reader = createVitalsReader(database.raw);
  await fill();
}, 60_000);

afterAll(async () => {
  await database.close(1_000);
  await test_.drop();
});

/** A UUID v7 of that moment, as ids are made. */
const idAt = (moment: Date, number: number) => {
  const ms = moment.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-${String(number).padStart(12, '0')}`;
};

interface PeerSpec {
  readonly createdDaysAgo: number;
  readonly releasedDaysAgo?: number;
  readonly wanted?: boolean;
  readonly applied?: boolean;
  readonly changedSecondsAgo?: number;
}

async function peer(number: number, spec: PeerSpec): Promise<void> {
  const { admin } = test_;
  const created = ago(spec.createdDaysAgo);
  const id = idAt(created, number);
  const released = spec.releasedDaysAgo === undefined ? null : ago(spec.releasedDaysAgo);
  const changed = new Date(NOW.getTime() - (spec.changedSecondsAgo ?? 0) * 1_000);
  const wanted = spec.wanted ?? released === null;
  await admin`insert into adit.devices (id, account_id, name, state, created_at, revoked_at)
    values (${id}, 42, ${`Device ${number}`}, ${released ? 'revoked' : 'active'}, ${created}, ${released})`;
  await admin`insert into adit.peers (id, device_id, node_id, pool_id, position, ip4, wanted, generation,
      applied_generation, changed_at, created_at, released_at)
    values (${id}, ${id}, 'local', 1, ${number}, ${`10.66.0.${number}`}, ${wanted}, 1,
      ${(spec.applied ?? true) ? 1 : 0}, ${changed}, ${created}, ${released})`;
  await admin`insert into adit.issues (id, cause, account_id, device_id, peer_id, created_at)
    values (${id}, ${`device:${number}`}, 42, ${id}, ${id}, ${created})`;
}

async function fill(): Promise<void> {
  const { admin } = test_;
  await admin`insert into adit.nodes (id, endpoint, public_key) values ('local', 'x:1', 'key')`;
  await admin`insert into adit.pools (node_id, cidr4, created_at) values ('local', '10.66.0.0/24', ${ago(30)})`;
  await admin`insert into adit.pools (node_id, cidr4, created_at) values ('local', '10.67.0.0/24', ${ago(0.5)})`;
  await admin`insert into adit.addresses (pool_id, position, state)
    select 1, n, case when n < 10 then 'leased' when n < 12 then 'resting' else 'free' end
      from generate_series(2, 101) n`;
  await admin`insert into adit.accounts (id, chat_id, language_hint, name) values (42, 42, 'en', 'Ann')`;
  for (let number = 10; number < 31; number += 1) await peer(number, { createdDaysAgo: 3 });
  await peer(40, { createdDaysAgo: 20 });
  for (let number = 41; number < 48; number += 1)
    await peer(number, { createdDaysAgo: 20, releasedDaysAgo: 2 });
  await peer(60, { createdDaysAgo: 1, applied: false, changedSecondsAgo: 90 });
  await peer(61, { createdDaysAgo: 1, applied: false, changedSecondsAgo: 10 });
  await peer(62, { createdDaysAgo: 1, applied: false, wanted: false, changedSecondsAgo: 75 });
}

describe('E3: what the database tells of how things stand', () => {
  test('pools with their growth: what came less what went, over the last week', async () => {
    const [grown, young] = await reader.addresses(NOW);
    expect(grown).toMatchObject({ cidr4: '10.66.0.0/24', total: 100, free: 90, leased: 8, resting: 2 });
    // 21 three days ago and 3 yesterday, less the 7 that were given back: 17 in seven days.
    expect(grown!.growthPerDay).toBeCloseTo(17 / 7, 5);
    expect(young!.growthPerDay).toBeNull();
  });

  test('the page of the pools says the same as the overview, and draws the week behind it', async () => {
    const [grown, young] = await listPools({ reader: createDashboardReader(database) }, NOW);
    expect(grown!.growthPerDay).toBeCloseTo(17 / 7, 5);
    expect(young!.growthPerDay).toBeNull();
    // 100 rows of a /24: the page goes by the network's size, so only the line's shape is looked at.
    const { values } = grown!.history!;
    const now = grown!.leased;
    const daysAgo = (days: number) => values.at(-1 - days * 8);
    expect(values).toHaveLength(56);
    expect([now - daysAgo(0)!, now - daysAgo(2.5)!, now - daysAgo(4)!]).toEqual([0, 3 - 7, 3 - 7 + 21]);
  });

  test('peers: wanted, applied, and what is late', async () => {
    expect(await reader.peers(NOW)).toEqual({ wanted: 24, applied: 22, late: 2, oldestLateMs: 90_000 });
  });

  test('operators with a password alone', async () => {
    const insert = (name: string, sealed: string | null) =>
      test_.admin`insert into adit.operators (id, name, role, password_hash, totp_sealed, created_at)
        values (${systemRandom.uuid()}, ${name}, 'viewer', 'hash', ${sealed}, now())`;
    await insert('anna', null);
    await insert('boris', 'sealed');
    expect(await reader.operators()).toEqual({ withoutSecondFactor: 1 });
  });

  test('events of all kinds in one list, newest first, no more than asked for', async () => {
    const { admin } = test_;
    await admin`insert into adit.reconcile_runs
        (node_id, started_at, finished_at, outcome, added, removed, changed, quarantined, refused)
      values ('local', ${NOW}, ${NOW}, 'corrected', 2, 1, 0, 0, 0), ('local', ${NOW}, ${NOW}, 'equal', 0, 0, 0, 0, 0),
             ('local', ${ago(3)}, ${ago(3)}, 'failed', 0, 0, 0, 0, 0)`;
    await admin`insert into adit.audit (at, operator_name, address, action)
      values (${new Date(NOW.getTime() - 1_000)}, 'anna', '::1', 'login'),
             (${new Date(NOW.getTime() - 2_000)}, 'anna', '::1', 'peer-revoke')`;
    const events = await reader.events(NOW, 8);
    expect(events).toHaveLength(8);
    expect(events.map((event) => event.at)).toEqual(
      events.map((event) => event.at).toSorted((a, b) => b - a),
    );
    expect(events.slice(0, 3).map((event) => [event.kind, event.values])).toEqual([
      ['reconciled', { node: 'local', changes: 3 }],
      ['login', { operator: 'anna' }],
      ['operator-acted', { operator: 'anna', action: 'peer-revoke' }],
    ]);
    expect(events[3]).toMatchObject({ kind: 'access-issued', about: { kind: 'account', id: '42' } });
    const all = await reader.events(NOW, 50);
    expect(all.filter((event) => event.kind === 'peer-revoked')).toHaveLength(7);
    expect(all.some((event) => event.kind === 'reconcile-failed')).toBe(false);
  });

  test('jobs: counts, the oldest stuck ones first, and those given up', async () => {
    const jobs = createJobs({
      database: database.raw,
      clock: systemClock,
      random: systemRandom,
      log: silentLog(),
      schema: SCHEMA,
      leaseSeconds: 30,
      pollIntervalMs: 1_000,
      retry: { minSeconds: 1, maxSeconds: 300 },
    });
    await jobs.install();
    const peerIds = ['a', 'b', 'c'];
    await jobs.enqueue(
      peerIds.map((peerId) => ({ kind: 'apply-peer', data: { peerId }, singletonKey: peerId })),
    );
    const age = (peerId: string, minutes: number) =>
      test_.admin.unsafe(`update ${SCHEMA}.job set created_on = created_on - interval '${minutes} minutes',
        start_after = start_after - interval '${minutes} minutes' where data->>'peerId' = '${peerId}'`);
    await age('a', 5);
    await age('b', 50);
    const now = systemClock.now();
    const vitals = await readJobVitals(database.raw, SCHEMA, now);
    expect(vitals).toMatchObject({
      counts: [{ queue: 'apply-peer', state: 'created', count: 3 }],
      stuckTotal: 2,
    });
    expect(vitals.stuck.map((job) => job.subject)).toEqual(['b', 'a']);
    expect(await readDeadEvents(database.raw, SCHEMA, 5)).toEqual([]);
    await test_.admin.unsafe(
      `insert into ${SCHEMA}.job (name, data, source_name) values ('dead-letter', '{}', 'apply-peer')`,
    );
    const [dead] = await readDeadEvents(database.raw, SCHEMA, 5);
    expect(dead).toMatchObject({ kind: 'job-dead', values: { queue: 'apply-peer' } });
    expect((await readJobVitals(database.raw, SCHEMA, now)).counts).toContainEqual({
      queue: 'dead-letter',
      state: 'dead',
      count: 1,
    });
  }, 30_000);
});
