import type { ConfirmKind } from '../../../../views/dashboard/models.ts';
import { ConfirmPage } from '../../../../views/dashboard/pages/confirm.tsx';
import { PeerPage } from '../../../../views/dashboard/pages/peer.tsx';
import { PeersPage } from '../../../../views/dashboard/pages/peers.tsx';
import { actions, confirmed, paths } from '../../../../views/dashboard/paths.ts';
import { PEER_FILTERS, PEER_SORTS, type PeerQuery } from '../../../core/ports/dashboard.ts';
import { listPeers, showPeer } from '../../../services/list-peers.ts';
import { changePeer, type PeerAct } from '../../../services/operate/change-peer.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { named } from './account-acts.ts';
import { actOf, backTo, good, nowhere, peerOf, uuidOf, warn } from './act.ts';
import type { KeyShape } from './cursor.ts';
import type { PagesDeps } from './deps.ts';
import { type Door, openDoor, toPage } from './door.ts';

export function peerRoutes(deps: PagesDeps): readonly Route[] {
  const seen = { method: 'GET', role: 'viewer', kind: 'page' } as const;
  const ask = { method: 'GET', role: 'operator', kind: 'page' } as const;
  const act = { method: 'POST', role: 'operator', kind: 'action' } as const;
  const at = { reissue: named(confirmed.reissuePeer(':id')), revoke: named(confirmed.revokePeer(':id')) };
  const one = `${paths.peers}/:id`;
  return [
    { ...seen, path: paths.peers, handle: (context) => list(deps, context) },
    { ...seen, path: one, handle: (context) => show(deps, context) },
    { ...ask, path: at.reissue, handle: (context) => confirm(deps, context, 'peer-reissue') },
    { ...ask, path: at.revoke, handle: (context) => confirm(deps, context, 'peer-revoke') },
    { ...act, path: at.reissue, handle: (context) => change(deps, context, 'reissue') },
    { ...act, path: at.revoke, handle: (context) => change(deps, context, 'revoke') },
    { ...act, path: named(actions.pausePeer(':id')), handle: (context) => change(deps, context, 'pause') },
    { ...act, path: named(actions.resumePeer(':id')), handle: (context) => change(deps, context, 'resume') },
  ];
}

/** The filters of the list and of its CSV. */
export function peerQuery(door: Door): PeerQuery {
  const state = door.choice('state', PEER_FILTERS);
  const node = door.text('node') || null;
  return { q: door.text('q'), state, node, sort: door.choice('sort', PEER_SORTS) ?? 'newest' };
}

export function peerKey({ sort, state }: PeerQuery): readonly KeyShape[] {
  if (sort === 'handshake' || sort === 'traffic' || state === 'never') return ['whole', 'uuid'];
  return sort === 'address' ? ['ip', 'uuid'] : ['uuid'];
}

async function list(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const door = openDoor(context);
  const query = peerQuery(door);
  const [found, nodes] = await Promise.all([
    listPeers(deps, query, door.slice(peerKey(query)), context.now),
    deps.reader.nodeNames(),
  ]);
  const model = { filters: door.filters(), nodes, page: toPage(found, found.total) };
  return page(String(PeersPage({ shell: door.shell(), model })));
}

async function show(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const detail = await showPeer(deps, uuidOf(context), context.now);
  if (detail === null) throw nowhere();
  const alive = detail.peer.state !== 'gone' && detail.peer.state !== 'removing';
  const model = { ...detail, can: { reissue: alive, revoke: alive } };
  return page(String(PeerPage({ shell: context.shell(), model })));
}

async function confirm(deps: PagesDeps, context: RouteContext, kind: ConfirmKind): Promise<Response> {
  const id = uuidOf(context);
  const detail = await deps.reader.peer(id, context.now);
  if (detail === null) throw nowhere();
  const { device, accountName, ip4, protocol } = detail.peer;
  const model = {
    kind,
    subject: [device, accountName, ip4 ?? protocol.toUpperCase()].join(' · '),
    count: 1,
    action: context.shell().path,
    fields: { once: deps.operate.random.uuid() },
    typed: null,
    back: paths.peer(id),
    problem: null,
  };
  return page(String(ConfirmPage({ shell: context.shell(), model })));
}

async function change({ operate }: PagesDeps, context: RouteContext, act: PeerAct): Promise<Response> {
  const form = await context.form();
  const id = peerOf(context);
  const outcome = await changePeer(operate, actOf(context, form), act, id);
  switch (outcome.kind) {
    case 'done':
      return backTo(
        form,
        paths.peer(id),
        good(`did-peer-${act}`, { device: outcome.deviceName.slice(0, 60) }),
      );
    case 'repeat':
      return backTo(form, paths.peer(id), warn('did-already'));
    case 'not-found':
      return backTo(form, paths.peer(id), warn('did-peer-gone'));
    case 'no-subscription':
    case 'account-paused':
      return backTo(form, paths.peer(id), warn(`refused-${outcome.kind}`));
  }
}
