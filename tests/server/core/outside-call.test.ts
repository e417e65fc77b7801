import { describe, expect, test } from 'bun:test';
import { AppError } from '../../../src/server/core/errors.ts';
import { calledOff, failureReason, judgeCall } from '../../../src/server/core/outside-call.ts';

const failed = (error: unknown) => ({ ok: false, error }) as const;

describe('calledOff', () => {
  test('keeps the reason that is an AppError', () => {
    const reason = new AppError('conflict', 'mine');
    expect(calledOff(AbortSignal.abort(reason))).toBe(reason);
  });

  test('names what took too long', () => {
    const late = AbortSignal.abort(new AppError('timeout', 'Late.', { details: { timeoutMs: 5 } }));
    expect(calledOff(late, 'wg show')).toMatchObject({
      code: 'timeout',
      message: 'Late.',
      details: { timeoutMs: 5, call: 'wg show' },
    });
  });

  test('a foreign time limit is a timeout, anything else unavailable', () => {
    expect(calledOff(AbortSignal.abort(new DOMException('late', 'TimeoutError'))).code).toBe('timeout');
    const error = calledOff(AbortSignal.abort('stop'));
    expect(error).toMatchObject({ code: 'unavailable', cause: 'stop', details: { reason: 'called_off' } });
  });
});

test('failureReason is what the details name, else the code', () => {
  expect(failureReason(new AppError('unavailable', 'm', { details: { reason: 'spawn' } }))).toBe('spawn');
  expect(failureReason(new AppError('timeout', 'm'))).toBe('timeout');
  expect(failureReason('text')).toBe('internal');
});

describe('judgeCall', () => {
  const aborted = AbortSignal.abort();

  test('answers are well, refusals too', () => {
    expect(judgeCall({ ok: true, value: 1 })).toBe('well');
    for (const code of ['invalid', 'exhausted', 'internal', 'conflict'] as const) {
      expect(judgeCall(failed(new AppError(code, 'm')))).toBe('well');
    }
  });

  test('unavailable is failing, unless the caller called it off; a timeout is failing whoever set it', () => {
    expect(judgeCall(failed(new AppError('unavailable', 'm')))).toBe('failing');
    expect(judgeCall(failed(new AppError('unavailable', 'm')), aborted)).toBe('unknown');
    expect(judgeCall(failed(new AppError('timeout', 'm')), aborted)).toBe('failing');
  });
});
