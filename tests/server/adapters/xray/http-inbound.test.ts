/** The client of the user API: a list that is partial, doubled or garbage is a failure, and never a shorter list. */
import { describe, expect, test } from 'bun:test';
import { createMemoryInbound } from '../../../../src/server/adapters/xray/memory-inbound.ts';
import type { Inbound } from '../../../../src/server/core/ports/inbound.ts';
import { serveBadly } from '../../../support/bad-server.ts';
import { listenDeaf } from '../../../support/deaf-port.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { httpInbound, newUser, serveUserApi } from '../../../support/inbound-rig.ts';

const TIMEOUT_MS = 300;
const SLACK_MS = 600;

const calls: readonly (readonly [name: string, ask: (inbound: Inbound) => Promise<unknown>])[] = [
  ['xray_api.list', (inbound) => inbound.read()],
  ['xray_api.put', (inbound) => inbound.apply({ remove: [], add: [newUser()] })],
  ['xray_api.remove', (inbound) => inbound.apply({ remove: ['somebody'], add: [] })],
  ['xray_api.traffic', (inbound) => inbound.traffic()],
];

function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function expectFailure(url: string, codes: readonly string[]): Promise<void> {
  for (const [name, ask] of calls) {
    const { inbound, metrics, breakers } = httpInbound(url, { timeoutMs: TIMEOUT_MS });
    const startedAt = performance.now();
    const { code } = await failureOf(ask(inbound));
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    expect(codes).toContain(code);
    expect(breakers.states().map((each) => each.name)).toEqual([name]);
    expect(await metrics.render()).toContain(`adit_call_seconds_count{call="${name}"} 1`);
  }
}

describe('F-L2 every call ends in time and is counted, when the server', () => {
  const silent = ['no-headers', 'length-stall', 'chunk-stall', 'slow'];
  test.each(silent)('%s', async (fault) => {
    using bad = serveBadly();
    await expectFailure(`${bad.origin}/${fault}`, ['timeout']);
  });

  const cut = ['reset', 'short-length', 'short-chunks', 'not-http'];
  test.each(cut)('%s', async (fault) => {
    using bad = serveBadly();
    await expectFailure(`${bad.origin}/${fault}`, ['unavailable']);
  });

  test('answers 200 and nothing', async () => {
    using bad = serveBadly();
    await expectFailure(`${bad.origin}/empty`, ['invalid']);
  });

  test('does not take the connection', async () => {
    using deaf = listenDeaf();
    await expectFailure(`http://127.0.0.1:${deaf.port}`, ['timeout']);
  });

  const answers: readonly (readonly [string, () => Response, readonly string[]])[] = [
    [
      'answers in HTML',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      ['invalid'],
    ],
    [
      'calls HTML JSON',
      () => new Response('<html>', { headers: { 'content-type': 'application/json' } }),
      ['invalid'],
    ],
    ['answers something else', () => Response.json({ ok: true }), ['invalid']],
    ['answers null', () => Response.json(null), ['invalid']],
    ['answers 10 MB', () => Response.json({ text: 'x'.repeat(10_000_000) }), ['exhausted']],
    ['sends elsewhere', () => Response.redirect('http://127.0.0.1:1/', 302), ['invalid']],
    [
      'refuses the key',
      () => Response.json({ error: { code: 'unauthorized', message: 'no' } }, { status: 401 }),
      ['invalid'],
    ],
    ['is overrun', () => Response.json({}, { status: 429 }), ['unavailable']],
    ['fails', () => Response.json({}, { status: 500 }), ['unavailable']],
    ['cannot reach its Xray', () => Response.json({}, { status: 504 }), ['timeout']],
  ];
  test.each(answers)('%s', async (_name, answer, codes) => {
    await using server = serve(answer);
    await expectFailure(server.url, codes);
  });
});

describe('F-L5 the breaker of each call', () => {
  test.each(calls)(
    '%s: 200 without a body opens it, it refuses at once, and no other call is refused',
    async (name, ask) => {
      using bad = serveBadly();
      const { inbound, breakers } = httpInbound(`${bad.origin}/chunk-stall`, { timeoutMs: 200 });
      for (let time = 0; time < 5; time++) expect((await failureOf(ask(inbound))).code).toBe('timeout');
      expect(breakers.states()).toEqual([{ name, state: 'open' }]);
      const refused = failureOf(ask(inbound));
      expect(await timeOf(refused)).toBeLessThan(150);
      expect((await refused).details.reason).toBe('breaker_open');
      for (const [other, askOther] of calls.filter(([each]) => each !== name)) {
        expect([other, (await failureOf(askOther(inbound))).code]).toEqual([other, 'timeout']);
      }
    },
  );
});

describe('a list is whole or a failure', () => {
  const user = (email: string) => ({ email, id: crypto.randomUUID(), flow: '' });
  const page = (more: object) => ({
    boot: 'b',
    revision: 'r',
    total: 2,
    users: [user('a'), user('b')],
    next: null,
    ...more,
  });

  async function readFrom(pages: (after: string | null, count: number) => object) {
    let count = 0;
    await using server = serve((request) => {
      count += 1;
      return Response.json(pages(new URL(request.url).searchParams.get('after'), count));
    });
    return await httpInbound(server.url).inbound.read();
  }

  test('whole', async () => {
    expect((await readFrom(() => page({}))).users).toHaveLength(2);
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['fewer than its total', page({ users: [user('a')] })],
    ['none of its total', page({ users: [] })],
    ['more than its total', page({ total: 1 })],
    ['a user twice', page({ users: [user('a'), user('a')] })],
    ['out of order', page({ users: [user('b'), user('a')] })],
    ['without a total', page({ total: undefined })],
    ['a total that is none', page({ total: -1 })],
    ['without a boot', page({ boot: '' })],
    ['without a list', page({ users: null })],
    ['a user without a name', page({ users: [user('a'), user('')] })],
    ['a user without an id', page({ users: [user('a'), { email: 'b', flow: '' }] })],
    ['a next that is elsewhere', page({ total: 4, next: 'a' })],
    ['an end that never comes', page({ total: 4, next: 'b' })],
    ['fields nobody knows', page({ usres: [] })],
  ];
  test.each(wrong)('%s', async (_name, body) => {
    expect((await failureOf(readFrom(() => body))).code).toBe('invalid');
  });

  test('a list that changes between two pages is read anew', async () => {
    const { users } = await readFrom((after, count) => {
      const revision = count === 1 ? 'old' : 'new';
      return after === null
        ? page({ revision, users: [user('a')], next: 'a' })
        : page({ revision, users: [user('b')] });
    });
    expect(users.map(({ email }) => email)).toEqual(['a', 'b']);
  });

  test('a list that never stands still, or a server started anew each time, is a failure', async () => {
    const moving = (_after: string | null, count: number) =>
      page({ revision: String(count), total: 9, next: 'b' });
    expect((await failureOf(readFrom(moving))).code).toMatch(/unavailable|invalid/);
    const restarting = (after: string | null, count: number) =>
      page({ boot: String(count), ...(after ? { users: [user('c')], total: 3 } : { total: 3, next: 'b' }) });
    expect((await failureOf(readFrom(restarting))).details.reason).toBe('changed');
  });

  test('an answer about another number of users than were sent is no answer', async () => {
    await using server = serve(() => Response.json({ accepted: 1 }));
    const change = { remove: [], add: [newUser(), newUser()] };
    expect((await failureOf(httpInbound(server.url).inbound.apply(change))).code).toBe('invalid');
  });
});

describe('with a server that is well', () => {
  test('12,000 users are put in parts, and listed in pages', async () => {
    const memory = createMemoryInbound();
    const api = serveUserApi(memory);
    const { inbound } = httpInbound(api.url);
    const all = Array.from({ length: 12_000 }, () => newUser());
    await inbound.apply({ remove: [], add: all });
    expect((await inbound.read()).users).toEqual(all);
    for (const { email } of all) memory.carry({ email, uplinkBytes: 1, downlinkBytes: 2 });
    expect((await inbound.traffic()).users).toHaveLength(12_000);
    await inbound.apply({ remove: all.map(({ email }) => email), add: [] });
    expect((await memory.read()).users).toEqual([]);
    await api.stop();
  }, 30_000);

  test('a failure on the other side passes by itself when it is short', async () => {
    const memory = createMemoryInbound();
    const api = serveUserApi({
      ...memory,
      read: ((failures) => async () => {
        memory.setAway(failures++ === 0);
        return memory.read();
      })(0),
    });
    expect((await httpInbound(api.url).inbound.read()).users).toEqual([]);
    await api.stop();
  });
});
