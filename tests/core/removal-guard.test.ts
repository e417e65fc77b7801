import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  judgeRemovals,
  MOST_ASKED,
  mostUnasked,
  type RemovalFacts,
} from '../../src/server/core/removal-guard.ts';

const keys = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `key-${from + index}`);
const facts = (more: Partial<RemovalFacts>): RemovalFacts => ({
  wanted: 1_000,
  live: 1_000,
  missing: 0,
  candidates: [],
  named: [],
  question: null,
  limit: 100,
  ...more,
});
const asked = (held: readonly string[], decision: 'allow' | 'refuse' | null = null) => ({
  keys: held,
  decision,
});

const anyFacts = fc
  .record({
    wanted: fc.nat(300),
    live: fc.nat(300),
    missing: fc.nat(60),
    candidates: fc.nat(80).map((count) => keys(count)),
    named: fc.nat(5).map((count) => keys(count, 1_000)),
    question: fc.option(
      fc.record({
        keys: fc.tuple(fc.nat(60), fc.nat(40)).map(([count, from]) => keys(count, from)),
        decision: fc.constantFrom('allow' as const, 'refuse' as const, null),
      }),
    ),
    limit: fc.integer({ min: 1, max: 100 }),
  })
  .map((each) => ({ ...each, missing: Math.min(each.missing, each.wanted) }));

describe('the guard over removals', () => {
  test('B8: property: nothing unasked goes when a reading is not to be believed, and never more than may go', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const { remove, held, left, reason } = judgeRemovals(given);
        const permitted = new Set(given.question?.decision === 'allow' ? given.question.keys : []);
        const unasked = remove.filter((key) => !permitted.has(key) && !given.named.includes(key));
        expect(remove.length).toBeLessThanOrEqual(given.limit);
        if (given.wanted === 0 || given.live === 0) expect(unasked).toEqual([]);
        if (given.missing > mostUnasked(given.wanted)) expect(unasked).toEqual([]);
        expect(unasked.length).toBeLessThanOrEqual(mostUnasked(given.live));
        // Everyone is somewhere, once.
        const known = [...given.candidates, ...given.named];
        expect(remove.length + held.length + left).toBe(known.length);
        expect([...remove, ...held].every((key) => known.includes(key))).toBe(true);
        expect(reason === null).toBe(held.length === 0);
      }),
    );
  });

  test('B8: property: a question that stays open and unanswered is about exactly what is held', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const { held, question } = judgeRemovals(given);
        if (question !== 'keep' || given.question?.decision !== null) return;
        expect([...held].toSorted()).toEqual([...given.question.keys].toSorted());
      }),
    );
  });

  test.each([
    [0, 5],
    [5, 5],
    [100, 5],
    [119, 5],
    [120, 6],
    [1_000, 50],
    [100_000, 5_000],
  ])('B8: of %i peers %i may go unasked', (total, most) => {
    expect(mostUnasked(total)).toBe(most);
    const at = (count: number) => judgeRemovals(facts({ wanted: 9, live: total, candidates: keys(count) }));
    if (total === 0) return;
    expect(at(most).reason).toBeNull();
    expect(at(most + 1)).toMatchObject({ reason: 'too-many', remove: [], question: 'ask' });
  });

  test.each([
    ['empty-database', { wanted: 0 }],
    ['empty-listing', { live: 0 }],
    ['partial-listing', { missing: 51 }],
  ] as const)('B8: %s: not even one goes', (reason, more) => {
    const verdict = judgeRemovals(facts({ ...more, candidates: keys(1) }));
    expect(verdict).toMatchObject({ remove: [], held: keys(1), reason, question: 'ask' });
  });

  test('B4: what is more than one run takes is left for the next', () => {
    const verdict = judgeRemovals(facts({ live: 10_000, candidates: keys(250) }));
    expect(verdict).toMatchObject({ left: 150, held: [], reason: null, question: 'keep' });
    expect(verdict.remove).toEqual(keys(100));
  });

  test('whom an operator named goes, whatever the readings are', () => {
    const verdict = judgeRemovals(facts({ wanted: 0, candidates: keys(60), named: ['named'] }));
    expect(verdict).toMatchObject({ remove: ['named'], held: keys(60), question: 'ask' });
  });

  test('an answer is valid for what was asked: those go, others are asked about once it is done', () => {
    const question = asked(keys(60), 'allow');
    const first = judgeRemovals(facts({ candidates: keys(140), question, limit: 40 }));
    expect(first).toMatchObject({ remove: keys(40), left: 20, question: 'keep', reason: 'too-many' });
    expect(first.held).toEqual(keys(80, 60));
    const rest = judgeRemovals(facts({ candidates: keys(100, 40), question, limit: 40 }));
    expect(rest).toMatchObject({ remove: keys(20, 40), left: 0, question: 'close' });
    const then = judgeRemovals(facts({ candidates: keys(80, 60) }));
    expect(then).toMatchObject({ remove: [], held: keys(80, 60), question: 'ask' });
  });

  test('fewer than were allowed may go as well', () => {
    const verdict = judgeRemovals(facts({ candidates: keys(10), question: asked(keys(60), 'allow') }));
    expect(verdict).toMatchObject({ remove: keys(10), held: [], question: 'close' });
  });

  test('what was refused is not asked about again; somebody more is', () => {
    const question = asked(keys(60), 'refuse');
    expect(judgeRemovals(facts({ candidates: keys(60), question }))).toMatchObject({
      remove: [],
      held: keys(60),
      question: 'keep',
    });
    expect(judgeRemovals(facts({ candidates: keys(61), question })).question).toBe('ask');
    expect(judgeRemovals(facts({ candidates: keys(4), question }))).toMatchObject({
      remove: keys(4),
      question: 'close',
    });
  });

  test('a question nobody answered closes when there is nothing to ask', () => {
    expect(judgeRemovals(facts({ question: asked(keys(60)) })).question).toBe('close');
    expect(judgeRemovals(facts({ candidates: keys(60), question: asked(keys(60)) })).question).toBe('keep');
    expect(judgeRemovals(facts({ candidates: keys(60), question: asked(keys(61)) })).question).toBe('ask');
  });

  test.each([null, 'refuse'] as const)(
    'more than one question can name: asked about (%p) until one of those it names is gone, not anew in each run',
    (decision) => {
      const held = keys(MOST_ASKED + 2_000);
      const question = asked(held.slice(0, MOST_ASKED), decision);
      const many = facts({ wanted: 20_000, live: 20_000, question });
      expect(judgeRemovals({ ...many, candidates: held.toReversed() })).toMatchObject({
        remove: [],
        reason: 'too-many',
        question: 'keep',
      });
      expect(judgeRemovals({ ...many, candidates: held.slice(1) }).question).toBe('ask');
    },
  );
});
