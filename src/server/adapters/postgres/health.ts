import type { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { isConnectionFailure } from './translate-error.ts';

/** What the last answers of the server say about it. An SQL error is an answer, too. */
export interface DatabaseHealth {
  readonly reachable: boolean;
  /** Milliseconds since the server last answered; Infinity before the first time. */
  readonly lastSuccessAgeMs: number;
  /** The last failure to reach it, while not reachable. */
  readonly problem?: string;
}

export interface HealthRecord {
  answered(): void;
  failed(error: AppError): void;
  /** `staleAfterMs`: silence longer than this counts as not reachable. */
  read(staleAfterMs: number): DatabaseHealth;
}

export function createHealthRecord(clock: Clock): HealthRecord {
  let lastSuccess = Number.NEGATIVE_INFINITY;
  let problem: string | undefined;
  const record: HealthRecord = {
    answered() {
      lastSuccess = clock.monotonicMs();
      problem = undefined;
    },
    failed(error) {
      if (!isUnreachable(error)) {
        if (isAnswer(error)) record.answered();
        return;
      }
      problem = String(error.details.reason ?? error.details.sqlstate ?? error.message);
    },
    read(staleAfterMs) {
      const lastSuccessAgeMs = clock.monotonicMs() - lastSuccess;
      const reachable = problem === undefined && lastSuccessAgeMs < staleAfterMs;
      return reachable
        ? { reachable, lastSuccessAgeMs }
        : { reachable, lastSuccessAgeMs, problem: problem ?? 'no answer' };
    },
  };
  return record;
}

function isUnreachable(error: AppError): boolean {
  return error.details.sqlstate === 'NO_ANSWER' || isConnectionFailure(error);
}

/** The server spoke, if only to refuse the statement. */
function isAnswer(error: AppError): boolean {
  return typeof error.details.sqlstate === 'string' && /^[0-9A-Z]{5}$/.test(error.details.sqlstate);
}
