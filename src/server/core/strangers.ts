import { assertNever } from './errors.ts';

/** What is done about peers on a node that are nobody's of ours. FOREIGN_PEERS. */
export const STRANGER_POLICIES = ['report', 'adopt', 'remove'] as const;
export type StrangerPolicy = (typeof STRANGER_POLICIES)[number];

/**
 * `waiting`: for its grace to end, or for an operator. `kept`: an operator wants it left alone. `adopted`: it counts as
 * wanted. `removing`: an operator wants it gone. `removed`: it went.
 */
export const STRANGER_STATES = ['waiting', 'kept', 'adopted', 'removing', 'removed'] as const;
export type StrangerState = (typeof STRANGER_STATES)[number];

/** Why a stranger cannot be adopted: what it uses is, or may be, somebody else's. */
export type AdoptionRefusal = 'address-taken' | 'address-reserved' | 'network-overlaps' | 'not-possible';

export interface Stranger {
  /** A WireGuard public key, or the e-mail of a VLESS user. */
  readonly key: string;
  /** What it may use; empty where there is no such thing. */
  readonly allowedIps: readonly string[];
}

/** A stranger as it was noted. */
export interface QuarantinedPeer extends Stranger {
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly state: StrangerState;
  readonly refusal: AdoptionRefusal | null;
  /** An operator's name, or `policy`. */
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** Who decided, when it was no person. */
export const BY_POLICY = 'policy';

/** `due`: the policy lets it go, if the guard does. `named`: an operator said so. */
export type StrangerFate = 'stay' | 'adopt' | 'due' | 'named';

export function fateOf(
  peer: Pick<QuarantinedPeer, 'state' | 'firstSeenAt' | 'refusal'>,
  policy: { readonly strangers: StrangerPolicy; readonly graceMs: number },
  now: Date,
): StrangerFate {
  if (peer.state === 'removing') return 'named';
  if (peer.state !== 'waiting') return 'stay';
  switch (policy.strangers) {
    case 'report':
      return 'stay';
    case 'adopt':
      // Refused once, it is for an operator: each run would be refused again.
      return peer.refusal === null ? 'adopt' : 'stay';
    case 'remove':
      return now.getTime() - peer.firstSeenAt.getTime() >= policy.graceMs ? 'due' : 'stay';
    default:
      return assertNever(policy.strangers);
  }
}
