import type { Sql } from 'postgres';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';

/** Public key to its one allowed-ip. */
export type SeededPeers = ReadonlyMap<string, string>;

/**
 * So many users with a device each, written straight into the database as if all of it had been applied and delivered long
 * ago. Their addresses are taken from the first pool, from its lowest free one on.
 */
export async function seedPeers(sql: Sql, count: number): Promise<SeededPeers> {
  const keys = createKeyMaker();
  const publicKeys = Array.from({ length: count }, () => keys.keyPair().publicKey);
  // As the product makes them: they sort by time, so neighbours by id are neighbours on disk.
  const peerIds = publicKeys.map(() => Bun.randomUUIDv7());
  const rows = await sql`
    with taken as (
      update adit.addresses set state = 'leased'
       where (pool_id, position) in (
         select pool_id, position from adit.addresses where state = 'free' order by pool_id, position limit ${count})
      returning pool_id, position
    ), keys as (
      select public_key, peer, number
        from unnest(${publicKeys}::text[], ${peerIds}::uuid[]) with ordinality as given(public_key, peer, number)
    ), places as (
      select t.*, l.cidr4, row_number() over (order by t.pool_id, t.position) as number
        from taken t join adit.pools l on l.id = t.pool_id
    ), numbered as (
      select p.pool_id, p.position, 7000000 + p.pool_id * 10000000 + p.position as account,
             gen_random_uuid() as device, k.peer,
             host(network(p.cidr4)::inet + p.position)::inet as ip4, k.public_key
        from places p join keys k using (number)
    ), people as (
      insert into adit.accounts (id, chat_id, language_hint, name)
      select account, account, 'en', 'User ' || account from numbered
    ), things as (
      insert into adit.devices (id, account_id, name, created_at)
      select device, account, 'Device', now() from numbered
    )
    insert into adit.peers (id, device_id, node_id, public_key, pool_id, position, ip4, applied_generation, changed_at, created_at)
    select peer, device, 'local', public_key, pool_id, position, ip4, 1, now(), now() from numbered order by peer
    returning public_key, host(ip4) || '/32' as allowed`;
  if (rows.length !== count) throw new Error(`only ${rows.length} of ${count} peers found an address`);
  return new Map(rows.map((row) => [String(row.public_key), String(row.allowed)]));
}
