import { type Slice, type SliceRequest, sliceOfAll } from '../core/keyset.ts';
import type { DashboardReader, PeerDetail, PeerQuery, PeerRow, StoredPeer } from '../core/ports/dashboard.ts';
import type { LivePeer } from '../core/ports/tunnel.ts';
import type { NodeActivity } from './node-activity.ts';

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
 * Orders that the database knows are read by it; handshakes and traffic are known to the interface alone, so there
 * the ids are read, put in order here, and only one page of rows is read. Reads only.
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
  const live = row.publicKey === null ? undefined : activity?.get(row.publicKey);
  return {
    ...row,
    handshakeAt: live?.lastHandshakeAt?.getTime() ?? null,
    receivedBytes: live?.receivedBytes ?? null,
    sentBytes: live?.sentBytes ?? null,
  };
}

/** What a peer is put in order by, the greatest first. */
type Measure = (live: LivePeer | undefined) => number;

function measureOf({ sort, state }: PeerQuery): Measure | null {
  if (sort === 'handshake') return (live) => live?.lastHandshakeAt?.getTime() ?? 0;
  if (sort === 'traffic') return (live) => (live ? live.receivedBytes + live.sentBytes : 0);
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
  const liveOf = (key: string | null) => (key === null ? undefined : known?.get(key as never));
  // While the interface does not answer, nobody can be said never to have shaken hands.
  const silent = (key: string | null) => known !== null && !liveOf(key)?.lastHandshakeAt;
  const kept = query.state === 'never' ? keys.filter(({ publicKey }) => silent(publicKey)) : keys;
  const ranked = kept.map(({ id, publicKey }): Ranked => ({ id, value: measure(liveOf(publicKey)) }));
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
