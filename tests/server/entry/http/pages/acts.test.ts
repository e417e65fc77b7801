import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { openPagesRig, type PagesRig } from '../../../../support/pages-rig.ts';
import {
  DAY_MS,
  FIRST_START_MS,
  later,
  makeDevice,
  NODE,
  targetOf,
  unique,
} from '../../../../support/store-rig.ts';
import type { TestVisitor } from '../../../../support/visitor.ts';

setDefaultTimeout(30_000);

let rig: PagesRig;
let operator: TestVisitor;
beforeAll(async () => {
  rig = await openPagesRig();
  operator = await rig.site.signedIn('operator');
}, FIRST_START_MS);
afterAll(() => rig.close());

const running = () => makeDevice(rig.data, 300_000 + unique(), later(rig.data, DAY_MS));
const hidden = (body: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1];

/** The page an action leads to, with its notice. */
async function followed(path: string, fields: Readonly<Record<string, string>>, page = path) {
  const sent = await operator.submit(path, fields, page);
  expect(sent.status).toBe(303);
  return operator.get(sent.location!);
}

describe('acts by forms, without a script', () => {
  test('a peer is revoked after a question, and is gone', async () => {
    const made = await running();
    const asked = await operator.get(`/peers/${made.peer}/revoke`);
    expect(asked.body).toContain(made.address.ip4);
    const page = await followed(`/peers/${made.peer}/revoke`, { back: '/peers' });
    expect(page.body).toContain('Device 1 is revoked');
    expect((await targetOf(rig.data, made.peer)).wanted).toBe(false);
    expect((await operator.get(`/peers?q=${made.address.ip4}`)).body).not.toContain(`/peers/${made.peer}"`);
  });

  test('a key is issued anew once, though the form is sent twice', async () => {
    const made = await running();
    const path = `/peers/${made.peer}/reissue`;
    const once = hidden((await operator.get(path)).body, 'once')!;
    const first = await operator.post(path, { once });
    expect(first.status).toBe(303);
    await operator.post(path, { once });
    const issues = await rig.data.admin`select cause from adit.issues where peer_id = ${made.peer}`;
    expect(issues).toHaveLength(2);
  });

  test('a device is paused and comes back by the button on its page', async () => {
    const made = await running();
    const page = `/peers/${made.peer}`;
    expect((await operator.get(page)).body).toContain(`formaction="${page}/pause"`);
    expect((await followed(`${page}/pause`, { back: page }, page)).body).toContain('Device 1 is paused');
    expect((await targetOf(rig.data, made.peer)).wanted).toBe(false);
    const target = await targetOf(rig.data, made.peer);
    await rig.data.peers.markApplied([{ peerId: made.peer, generation: target.generation }], rig.data.now());
    expect((await operator.get(page)).body).toContain(`formaction="${page}/resume"`);
    expect((await followed(`${page}/resume`, { back: page }, page)).body).toContain('Device 1 comes back');
    expect((await targetOf(rig.data, made.peer)).wanted).toBe(true);
  });

  test('days: what was typed stays in the form when it is refused, and is said', async () => {
    const made = await running();
    const page = `/accounts/${made.account}`;
    for (const days of ['', '0', '-1', '1.5', '99999', 'ten', '3651']) {
      const refused = await operator.submit(`${page}/grant`, { days, reason: 'A "good" <one>' }, page);
      expect([days, refused.status]).toEqual([days, 422]);
      expect(refused.body).toContain('A whole number of days, from 1 to 3,650');
      expect(refused.body).toContain('A &quot;good&quot; &lt;one&gt;');
    }
    const unsaid = await operator.submit(`${page}/grant`, { days: '3', reason: ' ' }, page);
    expect(unsaid.body).toContain('Say why');
    const done = await followed(`${page}/grant`, { days: '3', reason: 'sorry' }, page);
    expect(done.body).toContain('3 days granted');
  });

  test('an account is paused and goes on; notes are shown', async () => {
    const made = await running();
    const page = `/accounts/${made.account}`;
    expect((await followed(`${page}/pause`, {})).body).toContain('The account is paused');
    expect((await followed(`${page}/notes`, { note: 'called <b>twice</b>' }, page)).body).toContain(
      'called &lt;b&gt;twice&lt;/b&gt;',
    );
    expect((await operator.submit(`${page}/notes`, { note: 'x'.repeat(2001) }, page)).status).toBe(422);
    expect((await followed(`${page}/resume`, {})).body).toContain('The account goes on');
  });

  test('a job is discarded only by typing what is asked for', async () => {
    await rig.data.queue.enqueue([{ kind: 'housekeeping', data: {}, startAfterMs: DAY_MS }]);
    const [job] = await rig.data.admin`select id from adit_jobs.job where name = 'housekeeping'`;
    const path = `/jobs/${job!.id}/discard`;
    const wrong = await operator.submit(path, { typed: 'yes' });
    expect([wrong.status, wrong.body.includes('That is not what had to be typed')]).toEqual([422, true]);
    const page = await followed(path, { typed: String(job!.id).slice(0, 8), back: '/jobs' });
    expect(page.body).toContain('The job is gone');
    expect((await operator.get(`/jobs/${job!.id}`)).status).toBe(404);
  });

  test('all that match are counted first, then retried', async () => {
    await rig.data.queue.enqueue(
      Array.from({ length: 3 }, () => ({ kind: 'expire-subscriptions', data: {} }) as const),
    );
    await rig.data.admin`update adit_jobs.job set state = 'cancelled' where name = 'expire-subscriptions'`;
    const path = '/jobs/retry?state=cancelled&queue=expire-subscriptions';
    const asked = await operator.get(path);
    expect(asked.body).toContain('Retry 3 jobs?');
    const fields = Object.fromEntries(
      ['state', 'queue', 'count'].map((name) => [name, hidden(asked.body, name)!]),
    );
    const page = await followed('/jobs/retry', { ...fields, back: '/jobs' }, path);
    expect(page.body).toContain('3 jobs are tried again');
    const left = await rig.data.admin`select from adit_jobs.job where state = 'cancelled'`;
    expect(left).toHaveLength(0);
  });

  test('a pool is for the owner; what overlaps is said beside what was typed', async () => {
    const owner = await rig.site.signedIn('owner');
    const refused = await owner.submit('/pools', { node: NODE, cidr4: '10.66.0.0/16', cidr6: '' });
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('It overlaps 10.66.0.0/24');
    expect(refused.body).toContain('value="10.66.0.0/16"');
    const host = await owner.submit('/pools', { node: NODE, cidr4: '10.90.0.7/24', cidr6: '' });
    expect(host.body).toContain('Did you mean the network 10.90.0.0/24?');
    expect((await owner.submit('/pools', { node: NODE, cidr4: '10.90.0.0/24' })).status).toBe(303);
    expect((await owner.get('/pools')).body).toContain('10.90.0.0/24');
  });

  test('nobody is led elsewhere by a form', async () => {
    const made = await running();
    const sent = await operator.submit(`/peers/${made.peer}/revoke`, { back: 'https://elsewhere.example/' });
    expect(sent.location).toBe(`/peers/${made.peer}`);
  });
});

describe('roles', () => {
  const ALL = ['viewer', 'operator', 'owner'] as const;
  test('a viewer changes nothing, an operator not everything; each route says who may', async () => {
    const made = await running();
    const paths = rig.site.part.routes
      .filter((route) => /^\/(accounts|peers|jobs|pools|nodes|plans|audit|settings|logs)\b/.test(route.path))
      .map((route) => ({ ...route, at: route.path.replace(':id', '00000000-0000-7000-8000-000000000000') }));
    expect(paths.length).toBeGreaterThan(35);
    for (const role of ALL) {
      const visitor = await rig.site.signedIn(role);
      for (const route of paths) {
        const { status } = await (route.method === 'GET' ? visitor.get(route.at) : visitor.post(route.at));
        const allowed = ALL.indexOf(role) >= ALL.indexOf(route.role as (typeof ALL)[number]);
        expect([role, route.method, route.path, status === 403]).toEqual([
          role,
          route.method,
          route.path,
          !allowed,
        ]);
        if (route.kind === 'action') expect(route.role).not.toBe('viewer');
      }
    }
    expect((await targetOf(rig.data, made.peer)).wanted).toBe(true);
    const nobody = rig.site.visitor();
    for (const route of paths.filter((each) => each.method === 'GET')) {
      expect((await nobody.get(route.at)).location).toStartWith('/login');
    }
  });
});
