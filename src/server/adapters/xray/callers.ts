import { calledOff } from '../../core/outside-call.ts';

/** Whoever has gone away is not waited for; what they asked for may still be done. */
export async function unlessGone<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  if (signal.aborted) throw calledOff(signal);
  const gone = Promise.withResolvers<never>();
  const leave = () => gone.reject(calledOff(signal));
  signal.addEventListener('abort', leave, { once: true });
  const working = work();
  working.catch(() => undefined);
  try {
    return await Promise.race([working, gone.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Work done for several is called off when the last of them has gone; never, when one of them cannot go. */
export function whenAllHaveGone(
  callers: readonly { readonly signal: AbortSignal | undefined }[],
): AbortSignal | undefined {
  const signals = callers.map((caller) => caller.signal);
  if (signals.some((signal) => signal === undefined)) return undefined;
  const all = new AbortController();
  let present = signals.length;
  for (const signal of signals) {
    const leave = () => {
      present -= 1;
      if (present === 0) all.abort(signal?.reason);
    };
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave, { once: true });
  }
  return all.signal;
}
