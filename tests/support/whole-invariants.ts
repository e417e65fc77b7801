/**
 * What must be true of the whole program at rest, whatever happened before; looked at from outside: the database,
 * `wg show`, the file, the chats, /proc.
 */
import { expect } from 'bun:test';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { publicKeyOf } from '../../src/server/adapters/wireguard/key-maker.ts';
import type { PrivateKey } from '../../src/server/core/ids.ts';
import { parseServerConfig } from '../../src/server/core/server-config.ts';
import type { AditProcess } from './adit-process.ts';
import type { AditRig } from './adit-rig.ts';
import { eventually } from './eventually.ts';
import { type Footprint, footprintOf } from './footprint.ts';

export interface Whole {
  readonly adit: AditProcess;
  /** Accounts that must hold a config that works, and only one. */
  readonly users: readonly number[];
  /** Accounts whose every config must be dead. */
  readonly without?: readonly number[];
  /** Taken before the scenario: files and children must be back to this. */
  readonly before?: Footprint;
  /** How long the work may still go on. Milliseconds. */
  readonly restsWithinMs?: number;
}

/** Public key to allowed-ips. */
export type Peers = ReadonlyMap<string, readonly string[]>;

/** Waits until nothing is left to do, then checks every invariant. */
export async function expectWhole(rig: AditRig, whole: Whole): Promise<void> {
  await atRest(rig, whole.restsWithinMs ?? 20_000);
  const wanted = await wantedPeers(rig.sql);
  if (rig.namespace) expect(sorted(await rig.wgPeers())).toEqual(sorted(wanted));
  await expectOneOwner(rig.sql);
  await expectConfigFile(rig, wanted);
  await expectConfigs(rig, wanted, whole);
  await expectSessionsClean(rig);
  if (whole.before) await expectFootprint(whole.adit, whole.before);
  expect((await whole.adit.get('/healthz')).status).toBe(200);
}

/** Every update is confirmed and handled, every job done, every peer as wanted, every config delivered. */
export async function atRest(rig: AditRig, withinMs: number): Promise<void> {
  await eventually(
    async () => {
      const pending = await rig.control.pendingUpdates();
      const [left] = await rig.sql`
        select (select count(*)::int from adit.updates where handled_at is null) as updates,
               (select array_agg(queue || ' ' || state || ' ' || coalesce(last_error, ''))
                  from report.jobs where state not in ('completed', 'cancelled') or stuck) as jobs,
               (select count(*)::int from report.peers where not applied) as unapplied,
               (select count(*)::int from adit.issues i join adit.peers p on p.id = i.peer_id
                 where p.wanted and i.delivered_at is null and i.superseded_at is null) as undelivered`;
      const quiet = { pending: 0, updates: 0, jobs: null, unapplied: 0, undelivered: 0 };
      expect({ pending, ...left }).toEqual(quiet);
    },
    { withinMs, everyMs: 50 },
  );
}

export async function wantedPeers(sql: Sql): Promise<Peers> {
  const rows = await sql`select public_key, ip4, ip6, applied from report.peers where wanted`;
  const peers = rows.map(
    (row) => [row.public_key, row.ip6 ? [`${row.ip4}/32`, `${row.ip6}/128`] : [`${row.ip4}/32`]] as const,
  );
  const addresses = peers.flatMap(([, ips]) => ips);
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(new Set(peers.map(([key]) => key)).size).toBe(peers.length);
  return new Map(peers);
}

/** One issue for a cause, one account for an address. */
export async function expectOneOwner(sql: Sql): Promise<void> {
  const [counts] = await sql`
    select (select count(*)::int - count(distinct cause)::int from report.issues) as doubled,
           (select coalesce(sum(leased), 0)::int from report.addresses) as leased,
           (select count(*)::int from adit.peers where released_at is null) as kept`;
  expect(counts!.doubled).toBe(0);
  expect(counts!.leased).toBe(counts!.kept);
}

/** What may lie in STATE_DIR: no temp file among it. */
const STATE_FILES = [
  'adit.lock',
  'postgres',
  'second-factor.key',
  'wg-private.key',
  'wg0.conf',
  'wg0.conf.lock',
];

export async function expectConfigFile(rig: AditRig, wanted: Peers): Promise<void> {
  const path = join(rig.stateDir, 'wg0.conf');
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
  const { peers } = parseServerConfig(await rig.wgConf());
  expect(sorted(new Map(peers.map((each) => [each.publicKey, each.allowedIps])))).toEqual(sorted(wanted));
  expect((await readdir(rig.stateDir)).filter((name) => !STATE_FILES.includes(name))).toEqual([]);
}

/** The newest config a user holds works; whatever else they hold is dead. */
async function expectConfigs(rig: AditRig, wanted: Peers, whole: Whole): Promise<void> {
  for (const users of inGroups(whole.users)) {
    await Promise.all(
      users.map(async (user) => {
        const configs = (await rig.control.heldConfigs(user)).map(readConfig);
        const working = configs.map(({ key, address }) => wanted.get(key)?.includes(address) === true);
        expect({ user, working }).toEqual({
          user,
          working: configs.map((_, at) => at === configs.length - 1),
        });
        expect(configs.length).toBeGreaterThan(0);
      }),
    );
  }
  for (const user of whole.without ?? []) {
    const alive = (await rig.control.heldConfigs(user)).filter((text) => wanted.has(readConfig(text).key));
    expect({ user, alive: alive.length }).toEqual({ user, alive: 0 });
  }
}

export function readConfig(text: string): { readonly key: string; readonly address: string } {
  const value = (name: string) => new RegExp(`^${name} = ([^\\n,]+)`, 'm').exec(text)?.[1] ?? '';
  return { key: publicKeyOf(value('PrivateKey') as PrivateKey), address: value('Address') };
}

export async function expectSessionsClean(rig: AditRig): Promise<void> {
  await eventually(async () => {
    const [sessions] = await rig.sql`
      select (select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
               where l.locktype = 'advisory' and d.datname = current_database()) as advisory,
             (select count(*)::int from pg_stat_activity
               where datname = current_database() and application_name = 'adit'
                 and state like 'idle in transaction%') as idle_in_transaction,
             (select count(*)::int from pg_stat_activity
               where datname = current_database() and application_name = 'adit') <= ${rig.poolMax} as bounded`;
    expect(sessions).toEqual({ advisory: 1, idle_in_transaction: 0, bounded: true });
  });
}

export async function expectFootprint(adit: AditProcess, before: Footprint): Promise<void> {
  await eventually(
    () => {
      const now = footprintOf(adit.pid);
      expect(beyond(now.children, before.children)).toEqual([]);
      expect(beyond(now.files, before.files)).toEqual([]);
      expect(now.sockets).toBeLessThanOrEqual(before.sockets + MOST_MORE_SOCKETS);
    },
    { withinMs: 15_000, everyMs: 100 },
  );
}

/** What `now` has more of than `before`: what was passing by then may be gone. */
function beyond(now: readonly string[], before: readonly string[]): readonly string[] {
  const left = [...before];
  return now.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Connections to Telegram kept open for the next call, and those of the database pool at its largest. */
const MOST_MORE_SOCKETS = 256;

export const sorted = (peers: Peers) => [...peers].sort(([a], [b]) => (a < b ? -1 : 1));

function* inGroups(users: readonly number[]): Generator<readonly number[]> {
  for (let start = 0; start < users.length; start += 25) yield users.slice(start, start + 25);
}
