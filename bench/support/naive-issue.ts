/**
 * The same burst as a bot without our batching serves it: for each user one transaction, one `wg set`, one rewriting of
 * the config file. It is given the best of each: a pool of connections, an advisory lock so that no address doubles,
 * key pairs in process, no fsync, and it sends nothing to Telegram. A program of its own, to be run where the
 * interface is: `naive-issue.ts DATABASE_URL INTERFACE CONF USERS WITHIN_MS FIRST_ID`. Prints one line of JSON.
 */
import { rename, writeFile } from 'node:fs/promises';
import postgres from 'postgres';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import { createLane } from '../../src/server/core/lane.ts';
import { renderServerPeer } from '../../src/server/core/server-config.ts';
import { percentile } from './figures.ts';

const [url, name, conf, users, withinMs, firstId] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const { host, port, database, user } = parseDatabaseUrl(url);
const sql = postgres({ host, port, database, user, max: 15, onnotice: () => {} });
const keys = createKeyMaker();
const oneWriter = createLane();
const sections: string[] = [];

async function issue(account: number): Promise<number> {
  const arrivedAt = performance.now();
  const { publicKey } = keys.keyPair();
  const ip4 = await sql.begin((tx) => store(tx, account, publicKey));
  const set = Bun.spawn(['wg', 'set', name, 'peer', publicKey, 'allowed-ips', `${ip4}/32`], {
    stdin: 'ignore',
  });
  if ((await set.exited) !== 0) throw new Error('wg set failed');
  await oneWriter.run(async () => {
    sections.push(renderServerPeer({ publicKey, allowedIps: [`${ip4}/32`] }));
    await writeFile(`${conf}.new`, sections.join(''), { mode: 0o600 });
    await rename(`${conf}.new`, conf);
  });
  return performance.now() - arrivedAt;
}

async function store(tx: postgres.TransactionSql, account: number, publicKey: string): Promise<string> {
  const device = Bun.randomUUIDv7();
  const peer = Bun.randomUUIDv7();
  await tx`insert into adit.accounts (id, chat_id, language_hint, name) values (${account}, ${account}, 'en', 'Runner')`;
  await tx`
    insert into adit.subscriptions (id, account_id, plan, starts_at, ends_at)
    values (${Bun.randomUUIDv7()}, ${account}, 'trial', now(), now() + interval '3 days')`;
  await tx`insert into adit.devices (id, account_id, name, created_at) values (${device}, ${account}, 'Device 1', now())`;
  await tx`select pg_advisory_xact_lock(20)`;
  const [free] = await tx<{ pool_id: number; position: number; ip4: string }[]>`
    update adit.addresses a set state = 'leased' from adit.pools l
     where l.id = a.pool_id and (a.pool_id, a.position) =
           (select pool_id, position from adit.addresses where state = 'free' order by pool_id, position limit 1)
    returning a.pool_id, a.position, host(network(l.cidr4)::inet + a.position) as ip4`;
  if (!free) throw new Error('the pool is full');
  await tx`
    insert into adit.peers (id, device_id, node_id, public_key, pool_id, position, ip4, changed_at, created_at)
    values (${peer}, ${device}, 'local', ${publicKey}, ${free.pool_id}, ${free.position}, ${free.ip4}, now(), now())`;
  await tx`
    insert into adit.issues (id, cause, account_id, device_id, peer_id, created_at)
    values (${Bun.randomUUIDv7()}, ${`trial:${account}`}, ${account}, ${device}, ${peer}, now())`;
  return free.ip4;
}

await sql`select 1`;
const startedAt = performance.now();
const gapMs = Number(withinMs) / Number(users);
const waiting: Promise<number>[] = [];
for (let index = 0; index < Number(users); index += 1) {
  const dueInMs = startedAt + index * gapMs - performance.now();
  if (dueInMs > 4) await Bun.sleep(dueInMs);
  waiting.push(issue(Number(firstId) + index));
}
const latencies = await Promise.all(waiting);
const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(latencies, share));
process.stdout.write(`${JSON.stringify({ p50, p95, p99, totalMs: performance.now() - startedAt })}\n`);
await sql.end();
process.exit(0);
