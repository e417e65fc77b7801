/** Time and randomness, handed in so that core and services stay repeatable. */
export interface Clock {
  /** Wall time. Sample once per use case and hand the value down. */
  now(): Date;
  /** Milliseconds of a clock that never goes back; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after `ms` (reason: AppError `timeout`), or with `parent`, whichever is first. */
  deadline(ms: number, parent?: AbortSignal): AbortSignal;
}

export interface Random {
  /** UUID v7. */
  uuid(): string;
  /** An integer, 0 <= n < below. */
  integer(below: number): number;
  /** So many bytes nobody can guess: for tokens and keys. */
  bytes(count: number): Uint8Array;
}
