import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { encodeCursor } from '../../../../../src/server/entry/http/pages/cursor.ts';
import { eventually } from '../../../../support/eventually.ts';
import { openPagesRig, type PagesRig } from '../../../../support/pages-rig.ts';
import { DAY_MS, FIRST_START_MS, giveKey, later, makeDevice } from '../../../../support/store-rig.ts';
import type { TestVisitor } from '../../../../support/visitor.ts';

setDefaultTimeout(30_000);

let rig: PagesRig;
let owner: TestVisitor;
beforeAll(async () => {
  rig = await openPagesRig();
  owner = await rig.site.signedIn('owner');
  for (let id = 5001; id <= 5120; id += 1) await makeDevice(rig.data, id, later(rig.data, DAY_MS));
  await rig.data.queue.enqueue(
    Array.from({ length: 60 }, () => ({ kind: 'housekeeping', data: {}, startAfterMs: DAY_MS }) as const),
  );
}, FIRST_START_MS);
afterAll(() => rig.close());

const idsIn = (body: string, what: string) =>
  [...body.matchAll(new RegExp(`href="/${what}/([^"/?]+)"`, 'g'))].map((match) => match[1]!);
const linkOf = (body: string, rel: 'next' | 'prev') =>
  [...body.matchAll(/<a [^>]*>/g)]
    .map((match) => match[0])
    .filter((tag) => tag.includes(`rel="${rel}"`))
    .map((tag) => /href="([^"]+)"/.exec(tag)![1]!.replaceAll('&amp;', '&'))[0];

describe('lists over HTTP', () => {
  const lists = [
    ['/accounts', 'accounts', 120],
    ['/accounts?sort=name', 'accounts', 120],
    ['/accounts?state=active&sort=until', 'accounts', 120],
    ['/peers?sort=address', 'peers', 120],
    ['/peers?sort=handshake', 'peers', 120],
    ['/peers?state=unapplied', 'peers', 120],
    ['/jobs?state=waiting&queue=housekeeping', 'jobs', 60],
  ] as const;
  test.each(lists)(
    '%s: by its links forth and back, each row once, filters kept',
    async (path, what, total) => {
      const seen: string[] = [];
      let last = '';
      for (let next: string | undefined = path; next !== undefined; ) {
        const { status, body } = await owner.get(next);
        expect(status).toBe(200);
        seen.push(...new Set(idsIn(body, what)));
        last = body;
        next = linkOf(body, 'next');
        for (const [name, value] of new URLSearchParams(path.split('?')[1])) {
          if (next) expect(new URLSearchParams(next.split('?')[1]).get(name)).toBe(value);
        }
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBe(total);
      let first = last;
      for (let prev = linkOf(last, 'prev'); prev !== undefined; prev = linkOf(first, 'prev')) {
        first = (await owner.get(prev)).body;
      }
      expect([...new Set(idsIn(first, what))]).toEqual(seen.slice(0, new Set(idsIn(first, what)).size));
    },
  );

  test('a search is in the address, and finds by id, name, address and account', async () => {
    const { address, peer } = await makeDevice(rig.data, 777_000_111);
    const key = await giveKey(rig.data, peer);
    for (const q of ['777000111', address.ip4, 'User 777000111', key.slice(0, 12)]) {
      const { body } = await owner.get(`/peers?q=${encodeURIComponent(q)}`);
      expect([q, idsIn(body, 'peers')[0]]).toEqual([q, peer]);
    }
    const { body } = await owner.get('/accounts?q=777000111');
    expect(new Set(idsIn(body, 'accounts'))).toEqual(new Set(['777000111']));
  });

  const strange = [
    ['/accounts?state=rich&q=User', 'state'],
    ['/peers?sort=%00', 'sort'],
    ['/jobs?state=done&queue=robbery', 'queue'],
    ['/peers?after=%27%20or%201%3D1', 'after'],
    [`/peers?after=${encodeCursor(['not-a-uuid'])}`, 'after'],
    [`/accounts?before=${encodeCursor(['2026-13-99T99:99:99.000000Z', '1'])}`, 'before'],
    [
      `/peers?sort=address&after=${encodeCursor(['999.1.1.1', '00000000-0000-7000-8000-000000000000'])}`,
      'after',
    ],
    [`/jobs?after=${encodeCursor(['1'])}`, 'after'],
    ['/logs?level=loud', 'level'],
  ] as const;
  test.each(strange)('%s: the page is shown and says what it did not understand', async (path, name) => {
    const { status, body } = await owner.get(path);
    expect(status).toBe(200);
    expect(body).toContain(`Not understood in the address and left out: ${name}`);
    const q = new URLSearchParams(path.split('?')[1]).get('q');
    if (q) expect(body).toContain(`value="${q}"`);
  });

  test.each(['/accounts/0', '/accounts/99999999999999999999', '/accounts/x', '/peers/x', '/jobs/%00'])(
    '%s is no page',
    async (path) => {
      expect((await owner.get(path)).status).toBe(404);
    },
  );

  test('searches that would break a statement find nothing and break nothing', async () => {
    for (const q of [
      "'",
      '%',
      '_',
      '\\',
      '\u0000',
      '\ud800',
      '9'.repeat(300),
      '1.2.3',
      '999.999',
      '::1',
      '@',
      '{}',
      '"',
    ]) {
      for (const path of ['/accounts', '/peers', '/jobs', '/audit', '/logs']) {
        const { status } = await owner.get(`${path}?q=${encodeURIComponent(q.toWellFormed())}`);
        expect([path, q, status]).toEqual([path, q, 200]);
      }
    }
  });
});

describe('what handshakes and traffic say', () => {
  test('the list is sorted by them, those without are last, and those who never did can be asked for', async () => {
    const { peer } = await makeDevice(rig.data, 888_000_111, later(rig.data, DAY_MS));
    const publicKey = await giveKey(rig.data, peer);
    await rig.tunnel.apply({ remove: [], add: [{ publicKey, allowedIps: ['10.66.0.250/32'] }] });
    rig.tunnel.handshake(publicKey, '192.0.2.9:4242', 10, 20);
    await makeDevice(rig.data, 888_000_112, later(rig.data, DAY_MS));
    // The interface is read again behind a page that shows what was known before.
    await eventually(async () => idsIn((await owner.get('/peers?sort=handshake')).body, 'peers')[0] === peer);
    expect(idsIn((await owner.get('/peers?sort=traffic')).body, 'peers')[0]).toBe(peer);
    const never = await owner.get('/peers?state=never&q=888000111');
    expect(idsIn(never.body, 'peers')).toEqual([]);
    expect(idsIn((await owner.get('/peers?state=never&q=888000112')).body, 'peers')).toHaveLength(1);
  });
});

describe('pages that are one', () => {
  test('settings: what is set, what is standard; no secret, nor a password inside an address', async () => {
    const { body } = await owner.get('/settings');
    expect(body).toContain('DATABASE_URL');
    expect(body).toContain('8081');
    expect(body).toContain('panel.example');
    expect(body).not.toContain('very-secret-word');
    expect(body).not.toContain('another-secret');
  });

  test('logs: by level and text, newest first', async () => {
    const at = new Date().toISOString();
    rig.logs.take(`{"level":"warn","time":"${at}","call":"wg","msg":"the interface is slow"}\n`);
    rig.logs.take(`{"level":"info","time":"${at}","msg":"all is well"}\n`);
    const { body } = await owner.get('/logs?level=warn&q=INTERFACE');
    expect(body).toContain('the interface is slow');
    expect(body).not.toContain('all is well');
  });

  test.each(['/pools', '/nodes', '/plans', '/audit'])('%s', async (path) => {
    expect((await owner.get(path)).status).toBe(200);
  });
});
