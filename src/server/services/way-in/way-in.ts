import type { Actor } from '../../core/audit.ts';
import type { Operator } from '../../core/operators.ts';
import type { Random } from '../../core/ports/clock.ts';
import type { OneTimeCodes, Passwords, SealedBox, Tokens } from '../../core/ports/credentials.ts';
import type { OperatorStore } from '../../core/ports/operators.ts';
import type { SessionEnds } from '../../core/session-ends.ts';

/** What every use case of the way in is built from. */
export interface WayInDeps {
  readonly store: OperatorStore;
  readonly passwords: Passwords;
  readonly tokens: Tokens;
  readonly codes: OneTimeCodes;
  readonly box: SealedBox;
  readonly ends: SessionEnds;
  readonly random: Pick<Random, 'uuid'>;
}

/** Who stands at the door, as far as can be told. */
export interface Visitor {
  readonly address: string;
  readonly agent: string;
  /** The cookie of a browser that logged in before; null: none. */
  readonly deviceToken: string | null;
  /** Sampled once for the whole request. */
  readonly now: Date;
}

/** Secrets for the browser's cookies. */
export interface Opened {
  readonly kind: 'in';
  readonly sessionToken: string;
  readonly deviceToken: string;
}

export interface Wait {
  readonly kind: 'wait';
  readonly seconds: number;
}

export const actorOf = (operator: Operator, visitor: Pick<Visitor, 'address'>): Actor => ({
  id: operator.id,
  name: operator.name,
  address: visitor.address,
});

/** Ties a sealed key to its operator. */
export const sealedFor = (operator: Pick<Operator, 'id'>): string => `totp:${operator.id}`;
