import type postgres from 'postgres';
import { parseServerConfig } from '../../src/server/core/server-config.ts';
import type { AditRig } from '../../tests/support/adit-rig.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { check } from './scoreboard.ts';

interface PeerRow {
  readonly public_key: string;
  readonly ip4: string;
  readonly account: number;
}

/** Everything a thousand users were promised, looked at from outside. `users` are their ids. */
export async function checkBurst(rig: AditRig, sql: postgres.Sql, users: readonly number[]): Promise<void> {
  await settled(sql);
  const peers = await sql<PeerRow[]>`
    select public_key, host(ip4::inet) as ip4, account::int from report.peers where wanted order by public_key`;
  check(
    new Set(peers.map((peer) => peer.ip4)).size === peers.length,
    'an address stands twice in report.peers',
  );
  const byAccount = Map.groupBy(peers, (peer) => peer.account);
  check(
    users.every((user) => byAccount.get(user)?.length === 1),
    'a user has no peer, or two',
  );
  await checkIssues(sql, users);
  const wanted = Object.fromEntries(peers.map((peer) => [peer.public_key, [`${peer.ip4}/32`]]));
  check(Bun.deepEquals(Object.fromEntries(await rig.wgPeers()), wanted), 'wg show is not report.peers');
  const written = parseServerConfig(await rig.wgConf()).peers.map((peer) => [
    peer.publicKey,
    peer.allowedIps,
  ]);
  check(Bun.deepEquals(Object.fromEntries(written), wanted), 'wg0.conf is not report.peers');
  await checkDeliveries(rig, users);
}

/** Delivery is told to the database behind the last document. */
async function settled(sql: postgres.Sql): Promise<void> {
  await eventually(
    async () => {
      const [open] = await sql<{ peers: number; jobs: number }[]>`
        select (select count(*)::int from report.peers where not applied) as peers,
               (select count(*)::int from report.jobs where queue = 'apply-peer' and state in ('created', 'retry', 'active')) as jobs`;
      if (open?.peers !== 0 || open.jobs !== 0) throw new Error(`not settled: ${JSON.stringify(open)}`);
    },
    { withinMs: 20_000, everyMs: 100 },
  );
}

async function checkIssues(sql: postgres.Sql, users: readonly number[]): Promise<void> {
  const issues = await sql<{ cause: string }[]>`
    select cause from report.issues where account = any(${users as number[]})`;
  const causes = new Set(issues.map((issue) => issue.cause));
  check(issues.length === users.length && causes.size === users.length, 'not one issue for each cause');
}

async function checkDeliveries(rig: AditRig, users: readonly number[]): Promise<void> {
  for (const user of users) {
    const messages = await rig.control.messages(user);
    const documents = messages.filter((message) => message.document).length;
    const photos = messages.filter((message) => message.photo).length;
    check(documents === 1 && photos === 1, `user ${user} has ${documents} documents and ${photos} photos`);
  }
}
