import type { VlessId } from '../ids.ts';

/** A VLESS user as an Xray inbound should have it. */
export interface InboundUser {
  /** Its name there: the id of its peer, never a person's. One inbound knows it once. */
  readonly email: string;
  readonly vlessId: VlessId;
  /** Empty, or `xtls-rprx-vision`. */
  readonly flow: string;
}

/** A VLESS user as the inbound has it. */
export interface LiveUser {
  readonly email: string;
  /** Null: the server does not tell. */
  readonly vlessId: VlessId | null;
  readonly flow: string;
}

export interface InboundState {
  /** Another one after each start of the server: its users and counters began at nothing. */
  readonly bootId: string;
  readonly users: readonly LiveUser[];
}

/** Bytes of one user since the server started, as it counts them: `uplink` came from the user. */
export interface UserTraffic {
  readonly email: string;
  readonly uplinkBytes: number;
  readonly downlinkBytes: number;
}

/**
 * One inbound of an Xray (or v2ray), here by gRPC or elsewhere by HTTP. Every call has a deadline and throws AppError
 * `unavailable`, `timeout`, `exhausted` or `invalid` (an answer that is none); then nothing is known about what was
 * done, and repeating is safe. A list that is cut short or cannot be read is a failure, never a shorter list.
 */
export interface Inbound {
  readonly kind: 'grpc' | 'http' | 'memory';
  read(signal?: AbortSignal): Promise<InboundState>;
  /** Removals first. A user who is there gets the given id; removing an unknown one is no error. */
  apply(
    change: { readonly remove: readonly string[]; readonly add: readonly InboundUser[] },
    signal?: AbortSignal,
  ): Promise<void>;
  /** The counters of all users, in one reading. Nothing is reset. */
  traffic(signal?: AbortSignal): Promise<{ readonly bootId: string; readonly users: readonly UserTraffic[] }>;
}
