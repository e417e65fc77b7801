import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { ReconcileRun } from '../../../../../src/server/core/ports/store.ts';
import { openPagesRig, type PagesRig } from '../../../../support/pages-rig.ts';
import { FIRST_START_MS, keyOf, NODE, unique } from '../../../../support/store-rig.ts';
import type { TestVisitor } from '../../../../support/visitor.ts';

setDefaultTimeout(30_000);

let rig: PagesRig;
let operator: TestVisitor;
let viewer: TestVisitor;
beforeAll(async () => {
  rig = await openPagesRig();
  operator = await rig.site.signedIn('operator');
  viewer = await rig.site.signedIn('viewer');
}, FIRST_START_MS);
afterAll(() => rig.close());

const run = (more: Partial<ReconcileRun> = {}): ReconcileRun => ({
  nodeId: NODE,
  startedAt: rig.data.now(),
  finishedAt: rig.data.now(),
  outcome: 'equal',
  added: 0,
  removed: 0,
  changed: 0,
  quarantined: 0,
  refused: 0,
  error: null,
  dryRun: false,
  diff: null,
  ...more,
});

async function followed(path: string, fields: Readonly<Record<string, string>>, page = path) {
  const sent = await operator.submit(path, fields, page);
  expect(sent.status).toBe(303);
  return operator.get(sent.location!);
}

const links = (body: string) =>
  [...body.matchAll(/href="(\/nodes\/local\/runs\/\d+)"/g)].map((each) => each[1]!);

async function seen(count: number): Promise<readonly string[]> {
  const peers = Array.from({ length: count }, () => ({
    key: keyOf(unique()) as string,
    allowedIps: ['192.168.1.9/32'],
  }));
  await rig.data.quarantine.seeStrangers(NODE, peers, rig.data.now());
  return peers.map((each) => each.key);
}

describe('the page of a node', () => {
  test('its runs page by page, newest first, each leading to its diff', async () => {
    const diff = {
      lines: [{ kind: 'changed', key: keyOf(7), what: '(none); wanted: 10.66.0.9/32' }],
      more: 12,
    } as const;
    await rig.data.nodes.saveRun(run({ outcome: 'corrected', changed: 13, diff }));
    for (let index = 0; index < 60; index += 1) await rig.data.nodes.saveRun(run());
    const first = await viewer.get('/nodes/local');
    expect(links(first.body)).toHaveLength(50);
    const next = /href="(\/nodes\/local\?after=[^"]+)"/.exec(first.body)![1]!;
    const second = await viewer.get(next);
    expect(links(second.body)).toHaveLength(11);
    const page = await viewer.get(links(second.body).at(-1)!);
    expect(page.body).toContain('(none); wanted: 10.66.0.9/32');
    expect(page.body).toContain('and 12 more');
  });

  test('a node, a run and a place in the list that are none', async () => {
    for (const path of [
      '/nodes/mars',
      '/nodes/local/runs/999999',
      '/nodes/local/runs/x',
      '/nodes/mars/strangers',
    ]) {
      expect([path, (await viewer.get(path)).status]).toEqual([path, 404]);
    }
    expect((await viewer.get('/nodes/local?after=nonsense')).body).toContain('after');
  });

  test('compared now, or only looked at, by a form', async () => {
    const done = await followed('/nodes/local/compare', { back: '/nodes/local' }, '/nodes/local');
    expect(done.body).toContain('A comparison was asked for');
    await followed('/nodes/local/preview', { back: '/nodes/local' }, '/nodes/local');
    const jobs = (await rig.data.jobs()).filter((each) => each.kind === 'reconcile-node');
    expect(jobs.map((each) => each.data)).toEqual([{ nodeId: NODE }, { nodeId: NODE, dryRun: true }]);
  });
});

describe('held removals', () => {
  test('B8: shown with the reason; allowed only by typing how many, and only those that were shown', async () => {
    const keys = [keyOf(unique()), keyOf(unique())];
    const question = { nodeId: NODE, askedAt: rig.data.now(), total: 9, reason: 'too-many', keys } as const;
    await rig.data.quarantine.ask(question);
    const page = await viewer.get('/nodes/local');
    expect(page.body).toContain('2 removals are held up until you decide');
    expect(page.body).toContain(keys[0]!);
    // A viewer sees it, and is shown no way to answer.
    expect(page.body).not.toContain('/removal/allow');
    expect((await viewer.get('/nodes/local/removal/allow')).status).toBe(403);

    const asked = await operator.get('/nodes/local/removal/allow');
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(asked.body)![1]!;
    const fields = { question: hidden('question'), count: hidden('count'), back: '/nodes/local' };
    expect((await operator.post('/nodes/local/removal/allow', { ...fields, typed: '' })).status).toBe(422);
    // One more is asked about meanwhile: what was typed is not valid for it.
    const now = await rig.data.quarantine.ask({ ...question, keys: [...keys, keyOf(unique())] });
    const moved = await operator.post('/nodes/local/removal/allow', { ...fields, typed: '2' });
    expect((await operator.get(moved.location!)).body).toContain('Look again');
    expect(await rig.data.quarantine.openQuestion(NODE)).toMatchObject({ decision: null });
    const done = await followed('/nodes/local/removal/allow', {
      question: String(now.id),
      count: '3',
      typed: '3',
    });
    expect(done.body).toContain('3 removals are allowed');
    expect(await rig.data.quarantine.openQuestion(NODE)).toMatchObject({ decision: 'allow' });
  });

  test('refused by a press; without a question there is no such page', async () => {
    const { id, count } = (await rig.data.quarantine.openQuestion(NODE))!;
    const fields = { question: String(id), count: String(count), back: '/nodes/local' };
    expect((await followed('/nodes/local/removal/refuse', fields)).body).toContain('They stay');
    await rig.data.quarantine.close({ id, decision: 'refuse' }, rig.data.now());
    expect((await operator.get('/nodes/local/removal/refuse')).status).toBe(404);
  });
});

describe('strangers', () => {
  test('E2: listed page by page, those that wait first; kept, adopted and removed by forms', async () => {
    const keys = await seen(53);
    const first = await operator.get('/nodes/local/strangers');
    expect(keys.filter((key) => first.body.includes(key))).toHaveLength(50);
    const path = '/nodes/local/strangers';
    const back = { back: path };
    expect((await followed(`${path}/keep`, { key: keys[0]!, ...back }, path)).body).toContain('left alone');
    expect((await followed(`${path}/adopt`, { key: keys[1]!, ...back }, path)).body).toContain(
      'one of ours now',
    );
    // The second one with the same address cannot be adopted as well.
    expect((await followed(`${path}/adopt`, { key: keys[2]!, ...back }, path)).body).toContain('Not adopted');
    const asked = await operator.get(`${path}/remove?key=${encodeURIComponent(keys[3]!)}`);
    expect(asked.body).toContain(keys[3]!);
    const gone = await operator.post(`${path}/remove`, { key: keys[3]!, ...back });
    expect((await operator.get(gone.location!)).body).toContain('goes with the next comparison');
    const noted = await rig.data.quarantine.strangersAmong(NODE, keys.slice(0, 4));
    expect(keys.slice(0, 4).map((key) => noted.get(key)!.state)).toEqual([
      'kept',
      'adopted',
      'waiting',
      'removing',
    ]);
    const next = /href="(\/nodes\/local\/strangers\?after=[^"]+)"/.exec(first.body)![1]!;
    const second = await operator.get(next.replaceAll('&amp;', '&'));
    expect(second.body).toContain('kept');
  });

  test('a viewer looks on; what is no key is no stranger', async () => {
    expect((await viewer.get('/nodes/local/strangers')).body).not.toContain('/strangers/keep');
    expect(
      (await viewer.submit('/nodes/local/strangers/keep', { key: 'x' }, '/nodes/local/strangers')).status,
    ).toBe(403);
    for (const key of ['', 'a\nb', 'x'.repeat(257)]) {
      const sent = await operator.submit('/nodes/local/strangers/keep', { key }, '/nodes/local/strangers');
      expect(sent.status).toBe(404);
    }
  });
});
