import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { LOCAL_NODE } from '../../src/server/core/ids.ts';
import type { NodeLease } from '../../src/server/core/ports/node-lease.ts';
import { createHoldNode } from '../../src/server/services/hold-node.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failures.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createRecordingLog } from '../support/recording-log.ts';

/** A node whose lease the test gives and takes, and whose comparison it can hold up. */
function setUp() {
  const clock = createManualClock();
  const free = Promise.withResolvers<void>();
  const compared = Promise.withResolvers<void>();
  const leases: PromiseWithResolvers<void>[] = [];
  const comparisons: AbortSignal[] = [];
  let epochs = 0;
  let mostAtOnce = 0;
  let held = 0;
  const lease: NodeLease = {
    async acquire(_node, signal) {
      await Promise.race([free.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      signal.throwIfAborted();
      const lost = Promise.withResolvers<void>();
      leases.push(lost);
      held += 1;
      mostAtOnce = Math.max(mostAtOnce, held);
      return {
        lost: lost.promise,
        async release() {
          held -= 1;
          lost.resolve();
        },
      };
    },
  };
  const holder = createHoldNode({
    node: LOCAL_NODE,
    lease,
    nodes: { nextEpoch: async () => ++epochs },
    jobs: { rescue: async () => 0, wake: () => {} },
    async reconcile(signal) {
      comparisons.push(signal);
      await compared.promise;
    },
    clock,
    log: createRecordingLog([]),
  });
  return { clock, free, compared, leases, comparisons, holder, mostAtOnce: () => mostAtOnce };
}

const never = new AbortController().signal;

describe('holding a node', () => {
  test('F-J9: who waits for a node that another process has is let go when asked to stop', async () => {
    const { holder } = setUp();
    holder.start();
    const stopping = new AbortController();
    const waiting = failureOf(holder.whenHeld(stopping.signal));
    stopping.abort(new AppError('unavailable', 'told to stop'));
    expect((await waiting).message).toBe('told to stop');
    await holder.stop();
  });

  test('the node is not held any more from the moment its lease ends, though the first comparison still runs', async () => {
    const { holder, free, leases, comparisons, compared } = setUp();
    free.resolve();
    holder.start();
    await eventually(() => comparisons.length === 1);
    expect(holder.epoch()).toBe(1);
    leases[0]?.resolve();
    await eventually(() => comparisons[0]?.aborted === true);
    expect(holder.epoch()).toBeNull();
    compared.resolve();
    await holder.stop();
  });

  test('a lost lease is taken again under the next epoch, never two at once', async () => {
    const { clock, holder, free, leases, compared, mostAtOnce } = setUp();
    free.resolve();
    compared.resolve();
    holder.start();
    await holder.whenHeld(never);
    leases[0]?.resolve();
    await eventually(() => {
      clock.advance(1_000);
      return holder.epoch() === 2;
    });
    expect(mostAtOnce()).toBe(1);
    await holder.stop();
    expect(holder.epoch()).toBeNull();
  });
});
