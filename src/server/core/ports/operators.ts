import type { AuditEntry } from '../audit.ts';
import type { OperatorId, SessionId } from '../ids.ts';
import type { Tries } from '../login-limits.ts';
import type { Operator, Role, Session } from '../operators.ts';

/** An operator with what proves who they are. */
export interface OperatorRecord extends Operator {
  readonly passwordHash: string;
  /** The second factor's key, sealed; null: there is none. */
  readonly totpSealed: string | null;
  /** Being enrolled. */
  readonly totpPendingSealed: string | null;
}

export interface NewOperator {
  readonly id: OperatorId;
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
}

/** A one-time link that is in force. */
export interface SetupLink {
  readonly tokenHash: string;
  /** Whose password it sets; null: the first owner's, who picks a name. */
  readonly name: string | null;
  readonly role: Role;
  readonly expiresAt: Date;
}

export interface NewSession {
  readonly id: SessionId;
  readonly operatorId: OperatorId;
  readonly tokenHash: string;
  /** `code`: the second factor is still to come; it opens nothing else. */
  readonly stage: 'code' | 'full';
  readonly endsAt: Date;
  readonly address: string;
  readonly agent: string;
}

/** A session as its operator sees it. */
export interface SessionLine {
  readonly id: SessionId;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly address: string;
  readonly agent: string;
}

/** A browser that has logged in before; its token lies in a cookie. */
export interface KnownDevice {
  readonly id: string;
  readonly tokenHash: string;
}

/** One short transaction of the way in: SQL only, safe to run again from its start. */
export interface OperatorTransaction {
  /** From here to the end nobody else adds, changes or removes operators. */
  lockOperators(): Promise<void>;
  byName(name: string): Promise<OperatorRecord | null>;
  byId(id: OperatorId): Promise<OperatorRecord | null>;
  owners(): Promise<number>;
  add(operator: NewOperator, now: Date): Promise<void>;
  setPassword(id: OperatorId, hash: string): Promise<void>;
  setRole(id: OperatorId, role: Role): Promise<void>;
  /** With sessions, devices and codes. */
  remove(id: OperatorId): Promise<void>;

  addLink(link: SetupLink, now: Date): Promise<void>;
  /** Makes the link used and answers it; null when it is used, over or unknown. Of many at once one gets it. */
  takeLink(tokenHash: string, now: Date): Promise<SetupLink | null>;
  /** Takes unused links for this name (null: the first owner's) out of force. */
  dropLinks(name: string | null): Promise<void>;

  /** The oldest beyond the most an operator may have are ended; answers those. */
  addSession(session: NewSession, now: Date): Promise<readonly SessionId[]>;
  /** Ends one of this operator's; false: it is not theirs, or over. */
  endSession(operator: OperatorId, id: SessionId): Promise<boolean>;
  /** Ends all but `spared`; answers which. */
  endSessions(operator: OperatorId, spared: SessionId | null): Promise<readonly SessionId[]>;

  /** Adds the browser, or notes that it was used again from this address. The oldest beyond ten are forgotten. */
  rememberDevice(operator: OperatorId, device: KnownDevice, address: string, now: Date): Promise<void>;
  forgetDevices(operator: OperatorId): Promise<void>;

  setPendingTotp(id: OperatorId, sealed: string | null): Promise<void>;
  /** The pending key becomes the second factor; `step` is used up with it. */
  confirmTotp(id: OperatorId, step: number): Promise<void>;
  dropTotp(id: OperatorId): Promise<void>;
  /** False: this step or a later one was used before. */
  useTotpStep(id: OperatorId, step: number): Promise<boolean>;
  setRecoveryCodes(id: OperatorId, hashes: readonly string[]): Promise<void>;
  /** False: no such code, or used. */
  useRecoveryCode(id: OperatorId, hash: string): Promise<boolean>;

  /** The counters of these keys, locked in their order until the end. */
  tries(keys: readonly string[]): Promise<ReadonlyMap<string, Tries>>;
  saveTries(tries: ReadonlyMap<string, Tries>): Promise<void>;
  audit(entries: readonly AuditEntry[]): Promise<void>;
}

/** Throws AppError `unavailable`, `timeout` or `exhausted` when the database is away or busy. */
export interface OperatorStore {
  transaction<T>(work: (tx: OperatorTransaction) => Promise<T>): Promise<T>;
  hasOwner(): Promise<boolean>;
  byName(name: string): Promise<OperatorRecord | null>;
  byId(id: OperatorId): Promise<OperatorRecord | null>;
  list(): Promise<readonly (Operator & { readonly totp: boolean; readonly seenAt: Date | null })[]>;
  link(tokenHash: string, now: Date): Promise<SetupLink | null>;
  /** The session of this token when it is in force, and notes (at most once a minute) that it was seen. */
  session(tokenHash: string, stage: 'code' | 'full', now: Date): Promise<Session | null>;
  /** Of these, the ones in force; they count as seen. */
  stillValid(ids: readonly SessionId[], now: Date): Promise<ReadonlySet<SessionId>>;
  sessionsOf(operator: OperatorId, now: Date): Promise<readonly SessionLine[]>;
  /** The browser, when this operator logged in with it within the last 30 days. */
  device(operator: OperatorId, tokenHash: string, now: Date): Promise<KnownDevice | null>;
  /** Whether this operator logged in from this address within the last 30 days. */
  knowsAddress(operator: Pick<Operator, 'id' | 'name'>, address: string, now: Date): Promise<boolean>;
  /** Sessions, links, counters and devices that are over. Returns how many rows went. */
  forget(now: Date): Promise<number>;
}
