import type { NodeId, PeerId } from './ids.ts';
import { LOCAL_NODE, XRAY_NODE } from './ids.ts';
import type { NewJob } from './ports/jobs.ts';
import type { Protocol } from './protocol.ts';

/** A peer, and what it speaks: enough to know which queue its changes go through. */
export interface PeerRef {
  readonly id: PeerId;
  readonly protocol: Protocol;
}

/** The job that brings a peer to what the database wants, in the queue of the node that holds it. */
export function applyJob(peer: PeerRef, how: Pick<NewJob, 'priority' | 'singletonKey'> = {}): NewJob {
  return { kind: JOB_OF[peer.protocol], data: { peerId: peer.id }, ...how };
}

const JOB_OF = { wireguard: 'apply-peer', vless: 'apply-user' } as const satisfies Record<Protocol, string>;

/** The node that new peers of a protocol come to. */
export const nodeOf = (protocol: Protocol): NodeId => NODE_OF[protocol];

const NODE_OF: Readonly<Record<Protocol, NodeId>> = { wireguard: LOCAL_NODE, vless: XRAY_NODE };
