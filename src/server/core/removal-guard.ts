/**
 * Whether removals found by a comparison may be carried out. Such a removal was asked for by nobody: it follows from two
 * readings, and each of them may be wrong. Revokes and expiries never come here: they go by jobs that name their peer.
 */
export type GuardReason = 'empty-database' | 'empty-listing' | 'partial-listing' | 'too-many';

export interface RemovalFacts {
  /** Peers the database wants on the node, those adopted among them. */
  readonly wanted: number;
  /** Peers the node listed. */
  readonly live: number;
  /** Wanted, not listed, and on their way by no job. */
  readonly missing: number;
  /** Would go because of this comparison alone. */
  readonly candidates: readonly string[];
  /** An operator named each of them: they go whatever their number. */
  readonly named: readonly string[];
  /** The question that is open at an operator, or answered and not done with. */
  readonly question: HeldQuestion | null;
  /** Most removals of one run. */
  readonly limit: number;
}

export interface HeldQuestion {
  readonly keys: readonly string[];
  /** Null: not answered yet. */
  readonly decision: 'allow' | 'refuse' | null;
}

export interface RemovalVerdict {
  /** Go in this run, at most the limit. */
  readonly remove: readonly string[];
  /** May go, and did not fit into this run. */
  readonly left: number;
  /** Stay until an operator says otherwise. */
  readonly held: readonly string[];
  /** Why; null: nothing is held. */
  readonly reason: GuardReason | null;
  /** What becomes of the question: `ask` puts what is held in its place, `close` ends it once the removals are done. */
  readonly question: 'ask' | 'keep' | 'close';
}

/** So few may always go: a small node would be asked about each of its peers. */
const FEW = 5;
const SHARE = 0.05;

/** Peers of one question; those beyond are held all the same, and asked about after it. */
export const MOST_ASKED = 10_000;

/** More than these of `total` are too many to be believed. */
export const mostUnasked = (total: number): number => Math.max(FEW, Math.floor(total * SHARE));

export function judgeRemovals(facts: RemovalFacts): RemovalVerdict {
  const allowed = new Set(facts.question?.decision === 'allow' ? facts.question.keys : []);
  const permitted = facts.candidates.filter((key) => allowed.has(key));
  const unasked = facts.candidates.filter((key) => !allowed.has(key));
  const reason = unasked.length === 0 ? null : reasonToHold(facts, unasked.length);
  const going = [...facts.named, ...permitted, ...(reason === null ? unasked : [])];
  const remove = going.slice(0, facts.limit);
  const held = reason === null ? [] : unasked;
  const left = going.length - remove.length;
  return { remove, left, held, reason, question: nextQuestion(facts, held, permitted, left) };
}

function reasonToHold({ wanted, live, missing }: RemovalFacts, count: number): GuardReason | null {
  if (wanted === 0) return 'empty-database';
  if (live === 0) return 'empty-listing';
  if (missing > mostUnasked(wanted)) return 'partial-listing';
  return count > mostUnasked(live) ? 'too-many' : null;
}

/** An answer holds for what was asked: fewer of it are fine, others are asked about anew. */
function nextQuestion(
  { question }: RemovalFacts,
  held: readonly string[],
  permitted: readonly string[],
  left: number,
): RemovalVerdict['question'] {
  if (question === null) return held.length > 0 ? 'ask' : 'keep';
  // What was allowed is done first; then the next thing is asked.
  if (question.decision === 'allow' && permitted.length > 0) return left > 0 ? 'keep' : 'close';
  if (held.length === 0) return 'close';
  if (question.keys.length >= MOST_ASKED && held.length >= MOST_ASKED) return nextOfMany(question, held);
  const asked = new Set(question.keys);
  const known = held.every((key) => asked.has(key));
  if (question.decision === 'refuse') return known ? 'keep' : 'ask';
  return known && held.length === asked.size ? 'keep' : 'ask';
}

/** A full question never names all that is held: asked anew for that, no answer to it would ever last until the next run. */
function nextOfMany(question: HeldQuestion, held: readonly string[]): RemovalVerdict['question'] {
  const now = new Set(held);
  return question.keys.every((key) => now.has(key)) ? 'keep' : 'ask';
}
