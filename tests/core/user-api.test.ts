import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { LiveUser } from '../../src/server/core/ports/inbound.ts';
import {
  byEmail,
  type Page,
  pageOf,
  parseLiveUser,
  parsePage,
  userOnWire,
} from '../../src/server/core/user-api.ts';

const email = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_@.'), minLength: 1, maxLength: 8 });
const users = fc
  .uniqueArray(email, { maxLength: 40 })
  .map((emails) => emails.map((each) => ({ email: each, vlessId: null, flow: '' })).toSorted(byEmail));

test('pages of any size, over the wire and read one after the other, are the list', () => {
  fc.assert(
    fc.property(users, fc.integer({ min: 1, max: 10 }), (list, limit) => {
      const read: unknown[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page = pageOf({ boot: 'b', revision: 'r', users: list }, after, limit);
        const sent = JSON.parse(JSON.stringify({ ...page, users: page.users.map(userOnWire) }));
        const got: Page<LiveUser> = parsePage(sent, after, parseLiveUser);
        expect(got.total).toBe(list.length);
        expect(got.users.length).toBeLessThanOrEqual(limit);
        read.push(...got.users);
        after = got.next;
      }
      expect(read).toEqual(list);
    }),
  );
});
