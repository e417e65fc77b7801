import { describe, expect, test } from 'bun:test';
import { createHttpRequester } from '../../../../src/server/adapters/http-client/http-requester.ts';
import type { HttpRequest } from '../../../../src/server/core/ports/http-requester.ts';
import { serveBadly } from '../../../support/bad-server.ts';
import { listenDeaf } from '../../../support/deaf-port.ts';
import { createDoorKit, type DoorKitOptions } from '../../../support/door-kit.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { openFds } from '../../../support/machine.ts';

const TIMEOUT_MS = 300;
/** Over the deadline by no more than this, on a busy machine. */
const SLACK_MS = 250;

function setUp(options?: DoorKitOptions) {
  const kit = createDoorKit(options);
  const requester = createHttpRequester({ ...kit, backoffBaseMs: 5 });
  const get = (url: string, more: Partial<HttpRequest> = {}) =>
    requester.request({ name: 'test.get', method: 'GET', url, timeoutMs: TIMEOUT_MS, ...more });
  return { ...kit, get };
}

function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

describe('an answer', () => {
  test('comes whole, with status and headers; method, headers and body went out', async () => {
    await using server = serve(async (request) => {
      const seen = [request.method, request.headers.get('x-key'), await request.text()].join(' ');
      return new Response(seen, { status: 404, headers: { 'x-back': 'yes' } });
    });
    const { get } = setUp();
    const answer = await get(server.origin, { method: 'POST', headers: { 'x-key': 'k' }, body: 'hello' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-back')).toBe('yes');
    expect(new TextDecoder().decode(answer.body)).toBe('POST k hello');
  });

  test('that redirects is handed back and not followed', async () => {
    let asked = 0;
    await using server = serve(() => {
      asked++;
      return Response.redirect('/elsewhere', 302);
    });
    const { get } = setUp();
    expect((await get(server.origin)).status).toBe(302);
    expect(asked).toBe(1);
  });

  test('F-L2 empty, or HTML in place of JSON, is still an answer for the caller to judge', async () => {
    using bad = serveBadly();
    await using html = serve(() => new Response('<html>', { headers: { 'content-type': 'text/html' } }));
    const { get } = setUp();
    expect((await get(`${bad.origin}/empty`)).body).toHaveLength(0);
    expect(new TextDecoder().decode((await get(html.origin)).body)).toBe('<html>');
  });

  test('F-L2 of 10 MB is exhausted at its cap, whether announced or not; within the cap it is whole', async () => {
    const json = JSON.stringify('x'.repeat(10_000_000));
    await using server = serve((request) =>
      request.url.endsWith('/chunked') ? new Response(new Blob([json]).stream()) : new Response(json),
    );
    const { get, breakers } = setUp();
    expect((await failureOf(get(server.origin))).code).toBe('exhausted');
    expect((await failureOf(get(`${server.origin}/chunked`))).code).toBe('exhausted');
    const whole = await get(server.origin, { maxResponseBytes: 20_000_000, timeoutMs: 5_000 });
    expect(whole.body).toHaveLength(json.length);
    expect(breakers.for('test.get').state).toBe('closed');
  });
});

test('an answer over its cap is not read on: the server sees the connection closed', async () => {
  const closed = Promise.withResolvers<void>();
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => closed.resolve(),
  });
  await using server = serve(() => new Response(endless));
  const { get } = setUp();
  expect((await failureOf(get(server.origin, { timeoutMs: 60_000 }))).code).toBe('exhausted');
  await closed.promise;
});

describe('F-L2 a server that stands still: timeout within the deadline', () => {
  const stalls = ['/no-headers', '/length-stall', '/chunk-stall', '/slow'];
  test.each(stalls)('%s', async (path) => {
    using server = serveBadly();
    const { get } = setUp();
    const call = get(`${server.origin}${path}`);
    const [error, took] = await Promise.all([failureOf(call), timeOf(call)]);
    expect(error.code).toBe('timeout');
    expect(took).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  test('no SYN-ACK', async () => {
    using deaf = listenDeaf();
    const { get } = setUp();
    const call = get(`http://127.0.0.1:${deaf.port}`);
    const [error, took] = await Promise.all([failureOf(call), timeOf(call)]);
    expect(error.code).toBe('timeout');
    expect(took).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });
});

describe('F-L2 a server that says 200 and sends no body, with a limit for the body', () => {
  const bodies = ['length-stall', 'chunk-stall', 'slow'];
  test.each(bodies)('%s: timeout long before the deadline, and the connection is let go', async (fault) => {
    using bad = serveBadly();
    const { get, metrics } = setUp();
    const failure = failureOf(get(`${bad.origin}/${fault}`, { timeoutMs: 30_000, bodyWithinMs: 100 }));
    expect(await timeOf(failure)).toBeLessThan(100 + SLACK_MS);
    expect((await failure).code).toBe('timeout');
    expect(await metrics.render()).toContain('adit_call_failures_total{call="test.get",reason="timeout"} 1');
    await eventually(() => bad.open() === 0);
  });

  test('the time before the headers is not the body’s, and a body in time is whole', async () => {
    await using server = serve(async () => {
      await eventually(() => false, { withinMs: 150 }).catch(() => undefined);
      return new Response('whole');
    });
    const { get } = setUp();
    const answer = await get(server.origin, { timeoutMs: 5_000, bodyWithinMs: 100 });
    expect(new TextDecoder().decode(answer.body)).toBe('whole');
  });

  test('the deadline of the whole still ends it when it is the shorter one', async () => {
    using bad = serveBadly();
    const { get } = setUp();
    const failure = failureOf(get(`${bad.origin}/length-stall`, { bodyWithinMs: 20_000 }));
    expect(await timeOf(failure)).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    expect((await failure).code).toBe('timeout');
  });
});

describe('F-L2 a server that breaks off: unavailable, never a shorter body', () => {
  const breaks = ['/reset', '/short-length', '/short-chunks', '/not-http'];
  test.each(breaks)('%s', async (path) => {
    using server = serveBadly();
    const { get } = setUp();
    expect((await failureOf(get(`${server.origin}${path}`))).code).toBe('unavailable');
  });

  test('nobody listens, or the name is unknown; no error carries the address', async () => {
    const { get } = setUp();
    for (const url of ['http://127.0.0.1:1/bot1:SECRET/x', 'http://name.invalid/bot1:SECRET/x']) {
      const error = await failureOf(get(url, { timeoutMs: 5_000 }));
      expect(error.code).toBe('unavailable');
      expect(Bun.inspect(error)).not.toContain('SECRET');
    }
  });
});

describe('a call that cannot be made', () => {
  test('an address that is none is invalid; a header that is none internal; neither opens the breaker', async () => {
    const { get, breakers } = setUp({ threshold: 1 });
    expect((await failureOf(get('nonsense'))).code).toBe('invalid');
    expect((await failureOf(get('http://127.0.0.1:1', { headers: { 'a b': 'c' } }))).code).toBe('internal');
    expect(breakers.for('test.get').state).toBe('closed');
  });

  test('called off by its caller: unavailable at once, and the breaker does not count it', async () => {
    using server = serveBadly();
    const { get, breakers } = setUp({ threshold: 1 });
    const stop = new AbortController();
    const call = get(`${server.origin}/no-headers`, { signal: stop.signal, timeoutMs: 60_000 });
    stop.abort();
    expect((await failureOf(call)).details.reason).toBe('called_off');
    expect(breakers.for('test.get').state).toBe('closed');
  });
});

describe('retries', () => {
  test('a 5xx and a lost connection are tried again, as often as allowed', async () => {
    let asked = 0;
    await using server = serve(() => new Response('', { status: ++asked < 3 ? 503 : 200 }));
    const { get } = setUp();
    expect((await get(server.origin, { retries: 2, timeoutMs: 5_000 })).status).toBe(200);
    expect(asked).toBe(3);
    asked = -10;
    expect((await get(server.origin, { retries: 1, timeoutMs: 5_000 })).status).toBe(503);
    expect(asked).toBe(-8);
  });

  test('none without being asked for, none after a 4xx or a 429', async () => {
    let asked = 0;
    await using server = serve((request) => {
      asked++;
      return new Response('', { status: Number(new URL(request.url).pathname.slice(1)) });
    });
    const { get } = setUp();
    await get(`${server.origin}/500`);
    await get(`${server.origin}/400`, { retries: 3 });
    await get(`${server.origin}/429`, { retries: 3 });
    expect(asked).toBe(3);
  });

  test('F-L2 all tries together keep the one deadline', async () => {
    await using server = serve(() => new Response('', { status: 500 }));
    const { get } = setUp({ threshold: 1_000_000 });
    expect(await timeOf(get(server.origin, { retries: 1_000_000 }))).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });
});

describe('F-L5 the breaker of a call', () => {
  test('opens on 5xx, refuses at once, lets exactly one probe through, and heals', async () => {
    let asked = 0;
    let status = 500;
    let held: PromiseWithResolvers<void> | undefined;
    await using server = serve(async () => {
      asked++;
      await held?.promise;
      return new Response('', { status });
    });
    const { get, breakers, metrics } = setUp({ threshold: 5, halfOpenAfterMs: 100 });
    for (let i = 0; i < 5; i++) expect((await get(server.origin)).status).toBe(500);
    expect((await failureOf(get(server.origin))).details.reason).toBe('breaker_open');
    expect(asked).toBe(5);
    expect(await metrics.render()).toContain('adit_breaker_open{call="test.get"} 1');

    status = 200;
    held = Promise.withResolvers();
    const calls: Promise<unknown>[] = [];
    await eventually(() => {
      calls.push(get(server.origin, { timeoutMs: 5_000 }).catch((error) => error.details.reason));
      return breakers.for('test.get').state === 'half_open';
    });
    for (let i = 0; i < 20; i++)
      expect((await failureOf(get(server.origin))).details.reason).toBe('breaker_open');
    await eventually(() => asked === 6);
    held.resolve();
    await Promise.all(calls);
    expect(breakers.for('test.get').state).toBe('closed');
    expect(asked).toBe(6);
    expect((await get(server.origin)).status).toBe(200);
  });

  test('opens on timeouts and on refused connections; one name does not touch another', async () => {
    using server = serveBadly();
    const { get, breakers } = setUp({ threshold: 2 });
    for (let i = 0; i < 2; i++) {
      await failureOf(get(`${server.origin}/no-headers`, { name: 'slow', timeoutMs: 20 }));
      await failureOf(get('http://127.0.0.1:1', { name: 'gone' }));
      await get(`${server.origin}/empty`, { name: 'fine' });
    }
    expect(breakers.states()).toEqual([
      { name: 'slow', state: 'open' },
      { name: 'gone', state: 'open' },
      { name: 'fine', state: 'closed' },
    ]);
  });

  test('never opens on 4xx and 429', async () => {
    await using server = serve(
      (request) => new Response('', { status: Number(new URL(request.url).pathname.slice(1)) }),
    );
    const { get, breakers, metrics } = setUp({ threshold: 2 });
    for (let i = 0; i < 5; i++) {
      await get(`${server.origin}/403`);
      await get(`${server.origin}/429`);
    }
    expect(breakers.for('test.get').state).toBe('closed');
    expect(await metrics.render()).toContain(
      'adit_call_failures_total{call="test.get",reason="rate_limited"} 5',
    );
  });
});

test('F-L2 200 broken calls leave no descriptor', async () => {
  using server = serveBadly();
  const { get } = setUp({ threshold: 1_000_000 });
  const paths = [
    '/no-headers',
    '/length-stall',
    '/chunk-stall',
    '/slow',
    '/reset',
    '/empty',
    '/not-http',
    '/short-length',
  ];
  const round = () =>
    Promise.allSettled(paths.map((path) => get(`${server.origin}${path}`, { timeoutMs: 20 })));
  await round();
  const before = openFds();
  for (let i = 0; i < 25; i++) await round();
  await eventually(() => expect(openFds()).toBeLessThanOrEqual(before + 2));
}, 20_000);
