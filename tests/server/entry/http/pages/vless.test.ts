import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { openPagesRig, type PagesRig } from '../../../../support/pages-rig.ts';
import { DAY_MS, FIRST_START_MS, later, makeDevice, makeVless } from '../../../../support/store-rig.ts';
import type { TestVisitor } from '../../../../support/visitor.ts';

setDefaultTimeout(30_000);

const ACCOUNT = 6_001;

let rig: PagesRig;
let operator: TestVisitor;
let viewer: TestVisitor;
let vless: Awaited<ReturnType<typeof makeVless>>;
let wireguard: Awaited<ReturnType<typeof makeDevice>>;
beforeAll(async () => {
  rig = await openPagesRig();
  operator = await rig.site.signedIn('operator');
  viewer = await rig.site.signedIn('viewer');
  vless = await makeVless(rig.data, ACCOUNT, later(rig.data, DAY_MS));
  wireguard = await makeDevice(rig.data, ACCOUNT);
}, FIRST_START_MS);
afterAll(() => rig.close());

const idsIn = (body: string) =>
  [...body.matchAll(/href="\/peers\/([0-9a-f-]{36})"/g)].map((match) => match[1]!);

describe('K3: the dashboard with a VLESS peer', () => {
  test.each(['/peers', '/peers?node=xray', `/accounts/${ACCOUNT}`])(
    '%s shows it, and nowhere a null',
    async (path) => {
      const { status, body } = await operator.get(path);
      expect(status).toBe(200);
      expect(idsIn(body)).toContain(vless.peer);
      expect(body).toContain('VLESS');
      expect(body).not.toMatch(/>\s*(null|undefined|NaN)/);
    },
  );

  test('sorted by address it comes last, and is there once, page by page', async () => {
    for (let count = 0; count < 55; count += 1) await makeDevice(rig.data, 6_100 + count);
    for (let count = 0; count < 55; count += 1) await makeVless(rig.data, 6_100 + count);
    const seen: string[] = [];
    for (let next: string | undefined = '/peers?sort=address'; next !== undefined; ) {
      const { body } = await operator.get(next);
      seen.push(...new Set(idsIn(body)));
      const link = [...body.matchAll(/<a [^>]*>/g)]
        .map((match) => match[0])
        .find((tag) => tag.includes('rel="next"'));
      next = link && /href="([^"]+)"/.exec(link)![1]!.replaceAll('&amp;', '&');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(112);
    expect(seen.indexOf(vless.peer)).toBeGreaterThan(seen.indexOf(wireguard.peer));
    expect(seen.indexOf(vless.peer)).toBeGreaterThanOrEqual(56);
  });

  test('its own page, its question before a revocation, and the CSV do without an address', async () => {
    const { body } = await operator.get(`/peers/${vless.peer}`);
    expect(body).toContain('VLESS');
    const asked = await operator.get(`/peers/${vless.peer}/revoke`);
    expect(asked.body).toContain('VLESS');
    const { body: text } = await operator.get('/peers.csv');
    const rows = text
      .replaceAll(/["\ufeff]/g, '')
      .split('\r\n')
      .map((row) => row.split(','));
    const [head, line] = [rows[0]!, rows.find((row) => row.includes(vless.peer))!];
    expect(line[head.indexOf('protocol')]).toBe('vless');
    expect(line[head.indexOf('ip4')]).toBe('');
  });

  test('the page of nodes lists its node with what clients dial, and a pool cannot be added to it', async () => {
    const { body } = await operator.get('/nodes');
    expect(body).toContain('x:443');
    const owner = await rig.site.signedIn('owner');
    const pools = await owner.get('/pools');
    expect(pools.body).not.toContain('<option value="xray"');
    const refused = await owner.submit(
      '/pools',
      { node: 'xray', cidr4: '10.77.0.0/24', cidr6: '' },
      '/pools',
    );
    expect(refused.status).toBe(422);
  });

  test('an act on it goes through its own queue', async () => {
    const page = `/peers/${vless.peer}`;
    expect((await operator.submit(`${page}/pause`, { back: page }, page)).status).toBe(303);
    const jobs = (await rig.data.jobs()).filter((each) => JSON.stringify(each.data).includes(vless.peer));
    expect(jobs.map((each) => each.kind)).toEqual(['apply-user']);
  });
});

describe('the subscription link on an account’s page', () => {
  test('is revoked by an operator, and by no viewer', async () => {
    const page = `/accounts/${ACCOUNT}`;
    expect((await operator.get(page)).body).not.toContain('subscription/revoke');
    await rig.data.store.transaction((tx) =>
      tx.openSubscriptionLink(vless.account, rig.data.uuid(), rig.data.now()),
    );
    expect((await operator.get(page)).body).toContain(`${page}/subscription/revoke`);
    expect((await viewer.get(page)).body).not.toContain('subscription/revoke');
    expect((await viewer.submit(`${page}/subscription/revoke`, {}, page)).status).toBe(403);
    const sent = await operator.submit(`${page}/subscription/revoke`, {}, page);
    expect(sent.status).toBe(303);
    expect((await operator.get(sent.location!)).body).toContain('The link is revoked');
    const again = await operator.submit(`${page}/subscription/revoke`, {}, page);
    expect((await operator.get(again.location!)).body).toContain('no subscription link any more');
  });
});
