/** What the two doors to the outside world (processes, HTTP) agree on about calls that fail. */
import { AppError, toAppError } from './errors.ts';
import type { Settled, Verdict } from './ports/breaker.ts';

/**
 * Why a signal stopped a call: its own AppError, `timeout` for a foreign time limit, else `unavailable`. `call` names what
 * took too long, for whoever reads of it later.
 */
export function calledOff(signal: AbortSignal, call?: string): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError && reason.code === 'timeout' && call !== undefined) {
    const details = { ...reason.details, call };
    return new AppError('timeout', reason.message, { cause: reason, details });
  }
  if (reason instanceof AppError) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new AppError('timeout', 'The time for this call ran out.', { cause: reason });
  }
  const details = { reason: 'called_off' };
  return new AppError('unavailable', 'The call was called off.', { cause: reason, details });
}

/** The `reason` label of adit_call_failures_total: what the error's details name, else its code. */
export function failureReason(error: unknown): string {
  const { code, details } = toAppError(error);
  return typeof details.reason === 'string' ? details.reason : code;
}

/** A call fails its breaker when it took too long or could not be made; any other ending is an answer. */
export function judgeCall(ended: Settled<unknown>, caller?: AbortSignal): Verdict {
  if (ended.ok) return 'well';
  const { code } = toAppError(ended.error);
  if (code === 'timeout') return 'failing';
  if (caller?.aborted) return 'unknown';
  return code === 'unavailable' ? 'failing' : 'well';
}
