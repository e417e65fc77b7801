/**
 * What `work` gives, or the signal's reason when that comes first. The work itself goes on: whoever hands it in sees to
 * it that it ends.
 */
export async function within<T>(late: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(late.reason);
  late.addEventListener('abort', stop, { once: true });
  // Nobody may be waiting for it any more when it fails.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    late.removeEventListener('abort', stop);
  }
}
