import { type SQL, sql } from 'drizzle-orm';
import { formatAddress, parseAddress } from '../../../core/cidr.ts';
import { contains, escapeLike } from './dashboard-keyset.ts';

const BEGINNING_OF_IPV4 = /^\d{1,3}(\.\d{1,3}){1,3}\.?$/;

/** What somebody typed into the search of peers (`p`, with device `d` and account `a`), as conditions. */
export function searchedPeers(q: string): SQL[] {
  if (q === '') return [];
  if (/^\d{1,16}$/.test(q)) return [sql`d.account_id = ${q}::text::bigint`];
  if (BEGINNING_OF_IPV4.test(q)) return [inRange(q)];
  if (q.startsWith('@')) {
    return [sql`left(lower(a.username), 64) like ${`${escapeLike(q.slice(1).toLowerCase().slice(0, 64))}%`}`];
  }
  if (q.includes(':')) return [sql`host(p.ip6) like ${`${escapeLike(spelling(q))}%`}`];
  return [sql`p.id in (${named(q)})`];
}

/** Each source by itself: tied together with `or` they would be looked through row by row. Index: peers_key_prefix. */
function named(q: string): SQL {
  return sql`
    select k.id from adit.peers k where k.public_key like ${`${escapeLike(q)}%`}
    union all
    select k.id from adit.accounts n join adit.devices m on m.account_id = n.id join adit.peers k on k.device_id = m.id
     where ${contains('n.name', q)}
    union all
    select k.id from adit.devices m join adit.peers k on k.device_id = m.id where ${contains('m.name', q)}`;
}

/** `10.66.1` is all of `10.66.1.0` to `10.66.1.255`. Index: peers_ip4. */
function inRange(beginning: string): SQL {
  const octets = beginning.replace(/\.$/, '').split('.').map(Number);
  if (octets.some((each) => each > 255)) return sql`false`;
  const filled = (octet: number) => [...octets, octet, octet, octet].slice(0, 4).join('.');
  return sql`p.ip4 between ${filled(0)}::text::inet and ${filled(255)}::text::inet`;
}

/** As the database writes a whole IPv6 address; a beginning stays as typed. */
function spelling(text: string): string {
  try {
    return formatAddress(parseAddress(text));
  } catch {
    return text.toLowerCase();
  }
}
