import type { AccessStore, PeerStore } from '../../src/server/core/ports/store.ts';

/** Where a process ends: at its nth effect (the first is 1), which still happens or does not. */
export interface CrashPoint {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/**
 * The life of one process. Every effect it has on the world goes through here and is counted; after the crash no
 * call of it has any effect, and none ever answers.
 */
export interface Life {
  /** Names of the effects so far. */
  readonly effects: readonly string[];
  readonly over: boolean;
  /** Resolves when the process has crashed. */
  readonly crashed: Promise<void>;
  effect<T>(name: string, act: () => T | Promise<T>): Promise<T>;
  /** The work, or a rejection when the process ends first: a database rolls back when its client is gone. */
  whileAlive<T>(work: Promise<T>): Promise<T>;
}

export function createLife(point: CrashPoint | null = null): Life {
  const effects: string[] = [];
  const end = Promise.withResolvers<void>();
  let over = false;

  const never = <T>() => new Promise<T>(() => undefined);

  function die<T>(): Promise<T> {
    over = true;
    end.resolve();
    return never<T>();
  }

  async function effect<T>(name: string, act: () => T | Promise<T>): Promise<T> {
    if (over) return never<T>();
    effects.push(name);
    const here = point !== null && effects.length === point.at;
    if (here && point.when === 'before') return die<T>();
    try {
      const result = await act();
      return over ? never<T>() : here ? die<T>() : result;
    } catch (error) {
      if (over) return never<T>();
      if (here) return die<T>();
      throw error;
    }
  }

  return {
    effects,
    get over() {
      return over;
    },
    crashed: end.promise,
    effect,
    whileAlive: (work) =>
      Promise.race([work, end.promise.then(() => Promise.reject(new Error('the client is gone')))]),
  };
}

/** The port with each of its methods counted as an effect. */
export function guard<T extends object>(life: Life, name: string, port: T): T {
  const methods = Object.entries(port).map(([key, value]) => [
    key,
    typeof value === 'function'
      ? (...args: unknown[]) => life.effect(`${name}.${key}`, () => value.apply(port, args))
      : value,
  ]);
  return Object.fromEntries(methods) as T;
}

/** As {@link guard}; the statements inside a transaction are effects too, and a crash rolls them back. */
export function guardAccessStore(life: Life, store: AccessStore): AccessStore {
  return {
    ...guard(life, 'store', store),
    transaction: (work) =>
      life.effect('store.transaction', () =>
        store.transaction((tx) => life.whileAlive(work(guard(life, 'tx', tx)))),
      ),
  };
}

/** As {@link guard}; the pages of what is wanted are one effect. */
export function guardPeerStore(life: Life, peers: PeerStore): PeerStore {
  return {
    ...guard(life, 'peers', peers),
    async *wanted(nodeId, buckets) {
      await life.effect('peers.wanted', () => undefined);
      yield* peers.wanted(nodeId, buckets);
    },
  };
}
