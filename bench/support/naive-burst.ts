import { join } from 'node:path';
import postgres from 'postgres';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import { createNodeStore } from '../../src/server/adapters/postgres/stores/node-store.ts';
import { LOCAL_NODE, type PublicKey } from '../../src/server/core/ids.ts';
import { databaseOn } from '../../tests/support/database.ts';
import { type BurstRig, databaseUrl } from './burst-rig.ts';
import { migrated } from './durable-postgres.ts';
import { check } from './scoreboard.ts';

export interface NaiveResult {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly totalMs: number;
}

export interface NaiveBurst {
  run(users: number, withinMs: number, firstId: number): Promise<NaiveResult>;
  close(): Promise<void>;
}

const DATABASE = 'naive_burst';
const INTERFACE = 'wgnaive';
const PROGRAM = new URL('naive-issue.ts', import.meta.url).pathname;

/** The one-by-one way beside ours: same server, same namespace, an interface and a database of its own. */
export async function createNaiveBurst({ rig, server }: BurstRig): Promise<NaiveBurst> {
  await register(await migrated(server, DATABASE));
  await rig.namespace!.exec(['setsid', '--wait', 'wireguard-go', INTERFACE]);
  const own = postgres(server.url(DATABASE), { max: 1, onnotice: () => {} });
  const url = databaseUrl(server, DATABASE);
  const conf = join(rig.cwd, 'naive.conf');

  async function run(users: number, withinMs: number, firstId: number): Promise<NaiveResult> {
    const order = [url, INTERFACE, conf, users, withinMs, firstId].map(String);
    const argv = [...rig.place.prefix, process.execPath, PROGRAM, ...order];
    const child = Bun.spawn(argv, {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'inherit',
      env: { PATH: process.env.PATH },
    });
    const said = await new Response(child.stdout).text();
    check((await child.exited) === 0, 'the one-by-one way failed');
    await checkNaive();
    return JSON.parse(said) as NaiveResult;
  }

  async function checkNaive(): Promise<void> {
    const peers = await own<{ public_key: string; ip4: string }[]>`
      select public_key, host(ip4::inet) as ip4 from report.peers`;
    const { stdout } = await rig.namespace!.exec(['wg', 'show', INTERFACE, 'allowed-ips']);
    const live = stdout.trim().split('\n').toSorted();
    const wanted = peers.map((peer) => `${peer.public_key}\t${peer.ip4}/32`).toSorted();
    check(Bun.deepEquals(live, wanted), 'one by one: wg show is not the database');
  }

  return {
    run,
    async close() {
      await own.end();
      await rig.namespace!.exec(['ip', 'link', 'delete', 'dev', INTERFACE]);
    },
  };
}

/** Node and pool, as a start of Adit registers them. */
async function register(url: string): Promise<void> {
  const database = databaseOn(parseDatabaseUrl(url));
  await createNodeStore(database).register({
    id: LOCAL_NODE,
    publicKey: 'none' as PublicKey,
    endpoint: 'bench:1',
    pools: [{ cidr4: '10.66.0.0/16', cidr6: null }],
  });
  await database.close(1_000);
}
