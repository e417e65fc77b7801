import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createGroupCommit } from '../../src/server/core/group-commit.ts';

/** A group commit whose batches the test ends one by one. */
function createRig(maxBatch = 1000) {
  const batches: { readonly items: readonly number[]; readonly end: PromiseWithResolvers<void> }[] = [];
  let begun = Promise.withResolvers<void>();
  const commit = createGroupCommit(async (items: readonly number[]) => {
    const end = Promise.withResolvers<void>();
    batches.push({ items, end });
    begun.resolve();
    begun = Promise.withResolvers();
    await end.promise;
    return items.map((item) => item * 10);
  }, maxBatch);
  return { commit, batches, next: () => begun.promise };
}

describe('E5: group commit', () => {
  test('what arrives in one turn of the loop is one batch, answered each with its own', async () => {
    const { commit, batches, next } = createRig();
    const begun = next();
    const answers = Promise.all([1, 2, 3].map((each) => commit.submit(each)));
    await begun;
    batches[0]!.end.resolve();
    expect(await answers).toEqual([10, 20, 30]);
    expect(batches.map((each) => each.items)).toEqual([[1, 2, 3]]);
  });

  test('what arrives during a batch is the next one, not this one', async () => {
    const { commit, batches, next } = createRig();
    const first = next();
    const one = commit.submit(1);
    await first;
    const second = next();
    const more = [2, 3, 4].map((each) => commit.submit(each));
    expect(batches).toHaveLength(1);
    batches[0]!.end.resolve();
    await one;
    await second;
    expect(batches[1]!.items).toEqual([2, 3, 4]);
    batches[1]!.end.resolve();
    await Promise.all(more);
  });

  test('a batch is never larger than allowed; the rest keeps its order', async () => {
    const sizes: number[] = [];
    const seen: number[] = [];
    const commit = createGroupCommit(async (items: readonly number[]) => {
      sizes.push(items.length);
      seen.push(...items);
      return items;
    }, 64);
    const all = Array.from({ length: 200 }, (_, index) => index);
    await Promise.all(all.map((each) => commit.submit(each)));
    expect(sizes).toEqual([64, 64, 64, 8]);
    expect(seen).toEqual(all);
  });

  test('a failed batch fails its own callers only', async () => {
    let broken = true;
    const commit = createGroupCommit(async (items: readonly number[]) => {
      if (broken) throw new Error('disk full');
      return items;
    }, 10);
    await expect(commit.submit(1)).rejects.toThrow('disk full');
    broken = false;
    expect(await commit.submit(2)).toBe(2);
  });

  test('a run that throws before its first await is a failed batch too', async () => {
    const commit = createGroupCommit((): Promise<readonly number[]> => {
      throw new Error('at once');
    }, 10);
    await expect(commit.submit(1)).rejects.toThrow('at once');
    expect(commit.size).toBe(0);
  });

  test('size counts what waits and what is in flight; idle comes when nothing is left', async () => {
    const { commit, batches, next } = createRig(2);
    await commit.idle();
    const begun = next();
    const answers = [1, 2, 3].map((each) => commit.submit(each));
    await begun;
    expect(commit.size).toBe(3);
    let idle = false;
    const waiting = commit.idle().then(() => {
      idle = true;
    });
    const second = next();
    batches[0]!.end.resolve();
    await second;
    expect([commit.size, idle]).toEqual([1, false]);
    batches[1]!.end.resolve();
    await Promise.all(answers);
    await waiting;
    expect([commit.size, idle]).toEqual([0, true]);
  });

  test('an item submitted by the answer of another is not lost', async () => {
    const commit = createGroupCommit(async (items: readonly number[]) => items, 1);
    const chain = async (left: number): Promise<number> => {
      await commit.submit(left);
      return left === 0 ? 0 : chain(left - 1);
    };
    expect(await Promise.all([chain(50), chain(50)])).toEqual([0, 0]);
    expect(commit.size).toBe(0);
  });

  test('A4: property: every item is in exactly one batch, begun after it was submitted, whatever the timing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (scheduler, waits, most) => {
          const submitted = new Set<number>();
          const done: number[] = [];
          const commit = createGroupCommit(async (items: readonly number[]) => {
            expect(items.length).toBeLessThanOrEqual(most);
            expect(items.every((each) => submitted.has(each))).toBe(true);
            await scheduler.schedule(Promise.resolve());
            done.push(...items);
            return items;
          }, most);
          const all = waits.map(async (_, index) => {
            await scheduler.schedule(Promise.resolve());
            submitted.add(index);
            expect(await commit.submit(index)).toBe(index);
            expect(done).toContain(index);
          });
          await scheduler.waitFor(Promise.all(all));
          expect(done.toSorted((a, b) => a - b)).toEqual(waits.map((_, index) => index));
        },
      ),
      { numRuns: 200 },
    );
  });
});
