import type { NodeId } from '../../src/server/core/ids.ts';
import type { ReconcileStore } from '../../src/server/core/ports/reconcile-store.ts';
import {
  type AdoptionRefusal,
  BY_POLICY,
  type QuarantinedPeer,
  type Stranger,
} from '../../src/server/core/strangers.ts';
import { addressOwner, leaseAddress } from './memory-addresses.ts';
import type { MemoryDatabase, Tables } from './memory-database.ts';

/** Strangers and held removals in memory. One node is enough here: keys of two never meet. */
export function createMemoryReconcileStore(database: MemoryDatabase): ReconcileStore {
  let lastId = 0;
  return {
    seeStrangers: (_node, strangers, now) =>
      database.transaction((tables) => {
        const keys = new Set(strangers.map((each) => each.key));
        for (const [key, { state }] of tables.strangers) {
          if (!keys.has(key) && (state === 'waiting' || state === 'removing')) tables.strangers.delete(key);
        }
        for (const each of strangers) tables.strangers.set(each.key, seen(tables, each, now));
        return pick(tables, [...keys]);
      }),
    strangersAmong: (_node, keys) => database.transaction((tables) => pick(tables, keys)),
    adopt: (node, keys, now) =>
      database.transaction((tables) => {
        const refused = new Map<string, AdoptionRefusal>();
        for (const key of keys) {
          const refusal = adopt(tables, node, tables.strangers.get(key)!, now);
          if (refusal !== null) refused.set(key, refusal);
        }
        return refused;
      }),
    markRemoved: (_node, keys, now) =>
      database.transaction((tables) => {
        for (const peer of pick(tables, keys).values()) {
          tables.strangers.set(peer.key, {
            ...peer,
            state: 'removed',
            decidedBy: peer.decidedBy ?? BY_POLICY,
            decidedAt: peer.decidedAt ?? now,
            lastSeenAt: now,
          });
        }
      }),
    forget: (before) =>
      database.transaction((tables) => {
        const strangers = [...tables.strangers.values()].filter(
          (each) => each.state === 'removed' && each.lastSeenAt < before,
        );
        const questions = [...tables.questions].filter(([, each]) => each.closed && each.closed < before);
        for (const { key } of strangers) tables.strangers.delete(key);
        for (const [id] of questions) tables.questions.delete(id);
        return strangers.length + questions.length;
      }),
    openQuestion: (node) => database.transaction((tables) => openOf(tables, node)),
    ask: (question) =>
      database.transaction((tables) => {
        const former = openOf(tables, question.nodeId);
        if (former) tables.questions.delete(former.id);
        lastId += 1;
        const id = lastId;
        const unanswered = { decision: null, decidedBy: null, decidedAt: null, closed: null };
        tables.questions.set(id, { ...question, id, count: question.keys.length, ...unanswered });
        return openOf(tables, question.nodeId)!;
      }),
    close: ({ id, decision }, now) =>
      database.transaction((tables) => {
        const question = tables.questions.get(id);
        if (question?.decision === decision) tables.questions.set(id, { ...question, closed: now });
      }),
  };
}

function openOf(tables: Tables, node: NodeId) {
  const open = [...tables.questions.values()].find((each) => each.nodeId === node && !each.closed);
  if (!open) return null;
  const { closed, ...question } = open;
  return question;
}

const pick = (tables: Tables, keys: readonly string[]): Map<string, QuarantinedPeer> =>
  new Map(keys.flatMap((key) => (tables.strangers.has(key) ? [[key, tables.strangers.get(key)!]] : [])));

function seen({ strangers }: Tables, { key, allowedIps }: Stranger, now: Date): QuarantinedPeer {
  const before = strangers.get(key);
  if (before && before.state !== 'removed') {
    const same = before.allowedIps.join() === allowedIps.join();
    return { ...before, allowedIps, lastSeenAt: now, refusal: same ? before.refusal : null };
  }
  const fresh = { state: 'waiting', refusal: null, decidedBy: null, decidedAt: null } as const;
  return { key, allowedIps, firstSeenAt: now, lastSeenAt: now, ...fresh };
}

function adopt(tables: Tables, node: NodeId, peer: QuarantinedPeer, now: Date): AdoptionRefusal | null {
  const others = [...tables.strangers.values()].filter((each) => each.state === 'adopted');
  const doubled = others.some((each) => each.allowedIps.some((ip) => peer.allowedIps.includes(ip)));
  const held = peer.allowedIps.map((allowed) => addressOwner(tables, node, allowed));
  const refusal = doubled ? 'address-taken' : (held.find((each) => typeof each === 'string') ?? null);
  const decision = { state: 'adopted', decidedBy: BY_POLICY, decidedAt: now, refusal: null } as const;
  tables.strangers.set(peer.key, { ...peer, ...(refusal === null ? decision : { refusal }) });
  if (refusal === null) for (const address of held) leaseAddress(tables, address);
  return refusal;
}
