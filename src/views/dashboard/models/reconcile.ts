import type { Page } from '../models.ts';
import type { ReconcileRow } from './machine.ts';

/** `outcome` is the key `reconcile-<outcome>` of the words; unknown ones are shown as they are. */
export interface RunRow extends ReconcileRow {
  readonly id: number;
  readonly dryRun: boolean;
}

export interface RunModel {
  readonly node: string;
  readonly run: RunRow;
  /** What separated node and database. `what` was made by a program, of what others wrote. */
  readonly lines: readonly { readonly kind: string; readonly key: string; readonly what: string }[];
  /** Lines that were not kept. */
  readonly more: number;
}

/** Removals that wait for an operator. */
export interface Question {
  readonly count: number;
  readonly total: number;
  readonly askedAt: number;
  /** Key `held-<reason>`. */
  readonly reason: string;
  readonly decision: 'allow' | 'refuse' | null;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  /** The first of them. */
  readonly keys: readonly string[];
}

/** One node: its drift, what waits, its comparisons. */
export interface NodeModel {
  readonly id: string;
  readonly protocol: string;
  readonly last: RunRow | null;
  readonly question: Question | null;
  readonly strangers: number;
  readonly runs: Page<RunRow>;
}

export interface StrangerRow {
  readonly key: string;
  readonly allowedIps: readonly string[];
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Key `stranger-<state>`. */
  readonly state: 'waiting' | 'kept' | 'adopted' | 'removing' | 'removed';
  /** Key `adoption-<refusal>`; null: none. */
  readonly refusal: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
}

export interface StrangersModel {
  readonly node: string;
  /** Some protocols cannot adopt: their users' ids are made by us. */
  readonly canAdopt: boolean;
  readonly policy: 'report' | 'adopt' | 'remove';
  readonly graceMs: number;
  readonly page: Page<StrangerRow>;
}
