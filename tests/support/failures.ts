import { AppError } from '../../src/server/core/errors.ts';

/** The AppError a promise rejects with; a success or a foreign error fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    (value) => new Error(`expected a failure, got ${JSON.stringify(value)?.slice(0, 200)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
}

/** Milliseconds a promise takes to settle, well or not. */
export async function timeOf(promise: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await promise.catch(() => {});
  return performance.now() - startedAt;
}
