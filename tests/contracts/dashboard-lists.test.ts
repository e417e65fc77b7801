import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import type { Slice, SliceRequest } from '../../src/server/core/keyset.ts';
import { ACCOUNT_SORTS, type AccountQuery, type PeerQuery } from '../../src/server/core/ports/dashboard.ts';
import type { JobQuery } from '../../src/server/core/ports/job-desk.ts';
import { type OperateRig, openOperateRig } from '../support/operate-rig.ts';
import { DAY_MS, FIRST_START_MS, later, makeDevice, profileOf, unique } from '../support/store-rig.ts';
import { walkBack, walkForth } from '../support/walk-pages.ts';

setDefaultTimeout(30_000);

let rig: OperateRig;
beforeAll(async () => {
  rig = await openOperateRig();
  for (let number = 0; number < 60; number += 1) await makeDevice(rig, 1000 + number, later(rig, DAY_MS));
}, FIRST_START_MS);
afterAll(() => rig.close());

const ALL_ACCOUNTS: AccountQuery = { q: '', state: null, sort: 'newest' };
const ALL_PEERS: PeerQuery = { q: '', state: null, node: null, sort: 'newest' };
const WAITING: JobQuery = { tab: 'waiting', queue: null, q: '' };

interface List {
  read(page: SliceRequest): Promise<Slice<{ readonly id: string }>>;
  add(): Promise<unknown>;
}

const addJob = () => rig.queue.enqueue([{ kind: 'housekeeping', data: {} }]);
const lists: Readonly<Record<string, List>> = {
  ...Object.fromEntries(
    ACCOUNT_SORTS.map((sort) => [
      `accounts by ${sort}`,
      {
        read: (page) => rig.reader.accounts({ ...ALL_ACCOUNTS, sort }, page, rig.now()),
        add: () => rig.store.transaction((tx) => tx.openAccounts([profileOf(2_000 + unique())])),
      } satisfies List,
    ]),
  ),
  'peers by age': {
    read: (page) => rig.reader.peers(ALL_PEERS, page, rig.now()),
    add: () => makeDevice(rig, 5_000 + unique()),
  },
  'peers by address': {
    read: (page) => rig.reader.peers({ ...ALL_PEERS, sort: 'address' }, page, rig.now()),
    add: () => makeDevice(rig, 5_000 + unique()),
  },
  'jobs that wait': { read: (page) => rig.queue.reader.list(WAITING, page, rig.now()), add: addJob },
};

describe('keyset pages', () => {
  beforeAll(async () => {
    for (let number = 0; number < 30; number += 1) await addJob();
  });

  for (const [name, list] of Object.entries(lists)) {
    const ids = (rows: readonly { readonly id: string }[]) => rows.map((row) => row.id);

    test(`${name}: forth and back is the whole list, whatever the size of a page`, async () => {
      const whole = ids((await list.read({ limit: 1000, cursor: null })).rows);
      expect(new Set(whole).size).toBe(whole.length);
      expect(whole.length).toBeGreaterThanOrEqual(30);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 70 }), async (limit) => {
          const { rows, last } = await walkForth(list.read, limit);
          expect(ids(rows)).toEqual(whole);
          expect(ids(await walkBack(list.read, limit, last))).toEqual(whole);
        }),
        { numRuns: 6, examples: [[whole.length], [7]] },
      );
    });

    test(`${name}: rows that come meanwhile neither double nor hide those that were there`, async () => {
      const before = ids((await list.read({ limit: 1000, cursor: null })).rows);
      const { rows, last } = await walkForth(list.read, 7, list.add);
      const seen = ids(rows);
      expect(new Set(seen).size).toBe(seen.length);
      const old = new Set(before);
      expect(seen.filter((id) => old.has(id))).toEqual(before);
      const now = ids((await list.read({ limit: 1000, cursor: null })).rows);
      expect(ids(await walkBack(list.read, 7, last))).toEqual(now);
    });
  }

  test('the first page has nothing before it, the last one nothing behind it; an empty list neither', async () => {
    const nobody = await rig.reader.accounts(
      { ...ALL_ACCOUNTS, q: '4242424242' },
      { limit: 5, cursor: null },
      rig.now(),
    );
    expect(nobody).toEqual({ rows: [], next: null, prev: null });
    const first = await rig.reader.accounts(ALL_ACCOUNTS, { limit: 5, cursor: null }, rig.now());
    expect(first.prev).toBeNull();
    expect(first.next).not.toBeNull();
  });
});
