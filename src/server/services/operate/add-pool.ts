import { type AddressPlan, assertPaired, planAddresses } from '../../core/address-plan.ts';
import { containsNetwork, formatCidr, parseCidr } from '../../core/cidr.ts';
import { nodeId } from '../../core/ids.ts';
import {
  type FaultValues,
  type NetworkFault,
  networkError,
  networkFaultOf,
} from '../../core/network-fault.ts';
import type { PoolSpec } from '../../core/ports/store.ts';
import type { Act, OperateDeps } from './deps.ts';
import { comparisonOf } from './reconcile-acts.ts';

export type AddPoolOutcome =
  | { readonly kind: 'done'; readonly pool: string; readonly addresses: number }
  | {
      readonly kind: 'invalid';
      readonly field: 'cidr4' | 'cidr6';
      readonly fault: NetworkFault;
      readonly values: FaultValues;
    }
  | { readonly kind: 'no-node'; readonly field: 'node' }
  /** It overlaps a pool that is there, named in `pool`. */
  | { readonly kind: 'overlap'; readonly field: 'cidr4' | 'cidr6'; readonly pool: string };

/** Of this width one statement writes the addresses within its time. */
const WIDEST_AT_ONCE = 14;
const MOST_ADDRESSES = 2 ** (32 - WIDEST_AT_ONCE);

export interface NewPool {
  readonly node: string;
  readonly cidr4: string;
  /** Empty: no IPv6. */
  readonly cidr6: string;
}

/**
 * Adds a pool with all its addresses to a node. One transaction: pools are locked against another addition, the pool is
 * checked against all of them, and written with its line in the audit. Claims use it as soon as this commits; the
 * interface carries it with the comparison that is enqueued here. A second
 * time it overlaps itself.
 */
export async function addPool(deps: OperateDeps, { actor }: Act, given: NewPool): Promise<AddPoolOutcome> {
  const checked = check(given);
  if ('kind' in checked) return checked;
  const { pool, addresses } = checked;
  const node = nodeId(given.node);
  return deps.store.transaction(async (tx): Promise<AddPoolOutcome> => {
    if (!(await tx.takesPools(node))) return { kind: 'no-node', field: 'node' };
    const overlap = overlapOf(pool, await tx.lockPools());
    if (overlap) return overlap;
    await tx.addPool(node, pool);
    // The interface has to carry it: the comparison sees to that.
    await tx.access.enqueue([comparisonOf(node)]);
    const details = { node, addresses, cidr6: pool.cidr6 };
    const subject = `pool:${pool.cidr4}`;
    await tx.record({ at: deps.clock.now(), actor, action: 'pool-add', subject, details });
    return { kind: 'done', pool: pool.cidr4, addresses };
  });
}

type Checked = { readonly pool: PoolSpec; readonly addresses: number };
type Invalid = Extract<AddPoolOutcome, { kind: 'invalid' }>;

function check({ cidr4, cidr6 }: NewPool): Checked | Invalid {
  try {
    const v4 = planOf(cidr4, 4);
    if (v4.devices > MOST_ADDRESSES) {
      return { kind: 'invalid', field: 'cidr4', fault: 'too-many', values: { widest: WIDEST_AT_ONCE } };
    }
    const v6 = cidr6 === '' ? null : pairOf(v4, cidr6);
    if (v6 !== null && 'kind' in v6) return v6;
    const pool = { cidr4: formatCidr(v4.network), cidr6: v6 && formatCidr(v6.network) };
    return { pool, addresses: v4.devices };
  } catch (error) {
    return refusal('cidr4', error);
  }
}

function pairOf(v4: AddressPlan, cidr6: string): AddressPlan | Invalid {
  try {
    const v6 = planOf(cidr6, 6);
    assertPaired(v4, v6);
    return v6;
  } catch (error) {
    return refusal('cidr6', error);
  }
}

function planOf(text: string, family: 4 | 6): AddressPlan {
  const plan = planAddresses(text);
  if (plan.network.address.family === family) return plan;
  throw networkError('family', `${text} is not an IPv${family} network`, { family });
}

function refusal(field: 'cidr4' | 'cidr6', error: unknown): Invalid {
  const told = networkFaultOf(error);
  if (told === null) throw error;
  return { kind: 'invalid', field, ...told };
}

function overlapOf(pool: PoolSpec, present: readonly PoolSpec[]): AddPoolOutcome | null {
  for (const each of present) {
    if (overlaps(pool.cidr4, each.cidr4)) return { kind: 'overlap', field: 'cidr4', pool: each.cidr4 };
    if (pool.cidr6 !== null && each.cidr6 !== null && overlaps(pool.cidr6, each.cidr6)) {
      return { kind: 'overlap', field: 'cidr6', pool: each.cidr6 };
    }
  }
  return null;
}

function overlaps(left: string, right: string): boolean {
  const [a, b] = [parseCidr(left), parseCidr(right)];
  return containsNetwork(a, b) || containsNetwork(b, a);
}
