import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { VlessId } from '../../src/server/core/ids.ts';
import { type InboundChange, mergeChanges } from '../../src/server/core/inbound-change.ts';

const email = fc.constantFrom('a', 'b', 'c', 'd');
const user = fc.record({
  email,
  vlessId: fc.constantFrom('1', '2', '3') as fc.Arbitrary<VlessId>,
  flow: fc.constant(''),
});
const change = fc.record({
  remove: fc.array(email, { maxLength: 3 }),
  add: fc.array(user, { maxLength: 3 }),
});

/** Removals first, then additions; whoever is there gets the given id. */
function applied(users: ReadonlyMap<string, string>, { remove, add }: InboundChange): Map<string, string> {
  const next = new Map(users);
  for (const each of remove) next.delete(each);
  for (const each of add) next.set(each.email, each.vlessId);
  return next;
}

test('one merged change does what the changes do one after the other', () => {
  const start = fc
    .dictionary(email, fc.constantFrom('1', '2'))
    .map((users) => new Map(Object.entries(users)));
  fc.assert(
    fc.property(start, fc.array(change, { maxLength: 6 }), (users, changes) => {
      const oneByOne = changes.reduce<ReadonlyMap<string, string>>(applied, users);
      const merged = mergeChanges(changes);
      const sorted = (map: ReadonlyMap<string, string>) => [...map].toSorted();
      expect(sorted(applied(users, merged))).toEqual(sorted(oneByOne));
      const named = [...merged.remove, ...merged.add.map((each) => each.email)];
      expect(new Set(named).size).toBe(named.length);
    }),
  );
});
