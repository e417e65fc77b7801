import { type Slice, type SliceRequest, sliceOfAll } from '../core/keyset.ts';
import type {
  DashboardReader,
  PeerDetail,
  PeerKey,
  PeerQuery,
  PeerRow,
  StoredPeer,
} from '../core/ports/dashboard.ts';
import type { LivePeer } from '../core/ports/tunnel.ts';
import { totalsWith } from '../core/traffic.ts';
import { type NodeActivity, readingOf } from './node-activity.ts';

export interface ListPeersDeps {
  readonly reader: DashboardReader;
  readonly activity: NodeActivity;
}

/** A page of peers with what the interface tells of each, and how many match (null: too many to count). */
export interface PeerPage extends Slice<PeerRow> {
  readonly total: number | null;
}

type Activity = ReadonlyMap<string, LivePeer> | null;

/**
 * Orders that the database knows are read by it; handshakes and traffic are known best to the interface, so there
 * the ids are read with what was counted, put in order here, and only one page of rows is read. Reads only.
 */
export async function listPeers(
  deps: ListPeersDeps,
  query: PeerQuery,
  page: SliceRequest,
  now: Date,
): Promise<PeerPage> {
  const measure = measureOf(query);
  if (measure !== null) return byActivity(deps, query, page, now, measure);
  const [activity, slice, total] = await Promise.all([
    deps.activity.recent(),
    deps.reader.peers(query, page, now),
    deps.reader.countPeers(query, now),
  ]);
  return { ...slice, rows: slice.rows.map((row) => withActivity(row, activity)), total };
}

/** One peer as its page shows it; null when there is none. */
export async function showPeer(
  deps: ListPeersDeps,
  id: string,
  now: Date,
): Promise<(PeerDetail & { readonly peer: PeerRow; readonly endpoint: string | null }) | null> {
  const [detail, activity] = await Promise.all([deps.reader.peer(id, now), deps.activity.recent()]);
  if (detail === null) return null;
  const live = detail.peer.publicKey === null ? undefined : activity?.get(detail.peer.publicKey as never);
  return { ...detail, peer: withActivity(detail.peer, activity), endpoint: live?.endpoint ?? null };
}

export function withActivity(row: StoredPeer, activity: Activity): PeerRow {
  const total = totalOf(row, activity);
  return {
    ...row,
    handshakeAt: total?.handshakeAt?.getTime() ?? null,
    receivedBytes: total?.received ?? null,
    sentBytes: total?.sent ?? null,
  };
}

/** All it ever moved and when it last shook hands: what was counted, and what the interface has told since. */
function totalOf({ publicKey, counted }: PeerKey, activity: Activity): Total {
  const live = publicKey === null ? undefined : activity?.get(publicKey);
  return totalsWith(counted, live ? readingOf(live) : null);
}

type Total = ReturnType<typeof totalsWith>;
/** What a peer is put in order by, the greatest first. */
type Measure = (total: Total) => number;

function measureOf({ sort, state }: PeerQuery): Measure | null {
  if (sort === 'handshake') return (total) => total?.handshakeAt?.getTime() ?? 0;
  if (sort === 'traffic') return (total) => (total ? total.received + total.sent : 0);
  // In order of id, which is by age.
  return state === 'never' ? () => 0 : null;
}

interface Ranked {
  readonly id: string;
  readonly value: number;
}

async function byActivity(
  { reader, activity }: ListPeersDeps,
  query: PeerQuery,
  page: SliceRequest,
  now: Date,
  measure: Measure,
): Promise<PeerPage> {
  const [known, keys] = await Promise.all([activity.recent(), reader.peerKeys(query, now)]);
  // While the interface does not answer, nobody can be said never to have shaken hands.
  const silent = (key: PeerKey) => known !== null && !totalOf(key, known)?.handshakeAt;
  const kept = query.state === 'never' ? keys.filter(silent) : keys;
  const ranked = kept.map((key): Ranked => ({ id: key.id, value: measure(totalOf(key, known)) }));
  const slice = sliceOfAll(ranked.sort(byRank), page, keyOf, (row, key) => byRank(row, toRanked(key)));
  const stored = await reader.peersById(
    slice.rows.map((row) => row.id),
    now,
  );
  return { ...slice, rows: stored.map((row) => withActivity(row, known)), total: kept.length };
}

const keyOf = ({ id, value }: Ranked) => [String(value), id];
const toRanked = ([value = '0', id = '']: readonly string[]): Ranked => ({ id, value: Number(value) });

function byRank(a: Ranked, b: Ranked): number {
  if (a.value !== b.value) return b.value - a.value;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}
