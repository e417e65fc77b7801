/** Whether users ended as they should: one issue, one peer, and the newest config in the chat is the one that works. */
import { expect } from 'bun:test';
import { publicKeyOf } from '../../src/server/adapters/wireguard/key-maker.ts';
import { parsePrivateKey } from '../../src/server/core/wireguard-key.ts';
import type { SimulatorControl } from './simulator-control.ts';

/** A client of the database the binary works in. */
type Sql = import('postgres').Sql;

/** Throws for the first user who is not served once and whole. For users with one device each. */
export async function expectServedOnce(
  sql: Sql,
  control: SimulatorControl,
  users: readonly number[],
): Promise<void> {
  const issues = await sql`select account, count(*)::int as count from report.issues group by account`;
  const peers = await sql`select account, public_key, ip4, applied from report.peers where wanted`;
  const addresses = peers.map((each) => String(each.ip4));
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const user of users) {
    const own = peers.filter((each) => Number(each.account) === user);
    const count = issues.find((each) => Number(each.account) === user)?.count;
    expect({ user, issues: count, peers: own.length }).toEqual({ user, issues: 1, peers: 1 });
    const key = keyOf(await control.config(user));
    expect({ user, key, applied: own[0]?.applied }).toEqual({ user, key: own[0]?.public_key, applied: true });
  }
}

/** The public key that belongs to a client's config. */
export function keyOf(config: string): string {
  const written = /^PrivateKey = (.+)$/m.exec(config)?.[1] ?? '';
  return publicKeyOf(parsePrivateKey(written));
}
