import { describe, expect, test } from 'bun:test';
import { createHttpRequester } from '../../../src/server/adapters/http-client/http-requester.ts';
import { createProcessRunner } from '../../../src/server/adapters/process/process-runner.ts';
import { CALL_RULES } from '../../../src/server/app/call-rules.ts';
import { createCallBook, type Door, hasBreaker } from '../../../src/server/core/call-rules.ts';
import { callSites } from '../../support/architecture/call-sites.ts';
import { createDoorKit } from '../../support/door-kit.ts';
import { eventually } from '../../support/eventually.ts';
import { failureOf } from '../../support/failures.ts';

const THRESHOLD = 5;
const WAIT_MS = 60;
const rulesOf = (door: Door) => CALL_RULES.filter((rule) => rule.door === door);
const book = createCallBook(CALL_RULES, {
  WG_COMMAND_TIMEOUT_MS: 5_000,
  XRAY_API_TIMEOUT_MS: 5_000,
  DB_ACQUIRE_TIMEOUT_MS: 10_000,
  PG_STATEMENT_TIMEOUT_MS: 5_000,
});

function serve(answer: () => Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer });
  return { origin: server.url.origin, [Symbol.asyncDispose]: () => server.stop(true) };
}

describe('F-L5, B3: every call by name', () => {
  test.each(rulesOf('http').map((rule) => rule.name))(
    '%s opens its breaker, lets one probe through, heals',
    async (name) => {
      let isIll = true;
      let asked = 0;
      const held = Promise.withResolvers<void>();
      await using server = serve(async () => {
        asked += 1;
        if (!isIll) await held.promise;
        return new Response('', { status: isIll ? 500 : 200 });
      });
      const kit = createDoorKit({ threshold: THRESHOLD, halfOpenAfterMs: WAIT_MS });
      const requester = createHttpRequester({ ...kit, book });
      const call = () => requester.request({ name, method: 'POST', url: server.origin, timeoutMs: 5_000 });
      await expectToOpen(kit, name, call);
      expect(asked).toBe(THRESHOLD);
      isIll = false;
      await expectOneProbe(kit, call, held.resolve);
      expect(asked).toBe(THRESHOLD + 1);
    },
  );

  test.each(rulesOf('process').map((rule) => rule.name))(
    '%s opens its breaker, lets one probe through, heals',
    async (name) => {
      const kit = createDoorKit({ threshold: THRESHOLD, halfOpenAfterMs: WAIT_MS });
      const runner = createProcessRunner({ ...kit, book });
      await expectToOpen(kit, name, () => runner.run({ name, argv: ['no-such-program'] }));
      await expectOneProbe(
        kit,
        () => runner.run({ name, argv: ['true'] }),
        () => undefined,
      );
      expect(await kit.metrics.render()).toContain('adit_processes_started_total{program="true"} 1');
    },
  );
});

type Kit = ReturnType<typeof createDoorKit>;

async function expectToOpen({ breakers, metrics }: Kit, name: string, call: () => Promise<unknown>) {
  for (let i = 0; i < THRESHOLD; i += 1) await call().catch(() => undefined);
  const refused = await failureOf(call());
  expect(refused).toMatchObject({ code: 'unavailable', details: { reason: 'breaker_open' } });
  expect(breakers.for(name).state).toBe('open');
  const text = await metrics.render();
  expect(text).toContain(`adit_breaker_open{call="${name}"} 1`);
  expect(text).toContain(`adit_call_failures_total{call="${name}",reason="breaker_open"} 1`);
  expect(text).toContain(`adit_call_seconds_count{call="${name}"}`);
}

/** Of three that come when the time is up one goes out, two are told to wait; then all is well. */
async function expectOneProbe({ breakers }: Kit, call: () => Promise<unknown>, letGo: () => void) {
  await eventually(() => expect(breakers.states()[0]?.state).toBe('half_open'));
  const calls = [call(), call(), call()];
  const [, second, third] = calls;
  expect((await failureOf(second!)).details.reason).toBe('breaker_open');
  expect((await failureOf(third!)).details.reason).toBe('breaker_open');
  letGo();
  await calls[0];
  expect(breakers.states().map((each) => each.state)).toEqual(['closed']);
}

describe('B3: no call without a rule', () => {
  test('a name is listed once, and has a deadline of at most ten minutes', () => {
    const names = CALL_RULES.map((rule) => rule.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, door } of CALL_RULES) {
      expect(book.deadlineMs(name, door)).toBeGreaterThanOrEqual(1_000);
      expect(book.deadlineMs(name, door)).toBeLessThanOrEqual(600_000);
    }
  });

  test('the doors refuse a name without a rule, and one of another door', async () => {
    const kit = createDoorKit();
    const requester = createHttpRequester({ ...kit, book });
    const runner = createProcessRunner({ ...kit, book });
    const request = { method: 'GET', url: 'http://127.0.0.1:1', timeoutMs: 100 } as const;
    for (const name of ['nobody.knows', 'wg.show']) {
      expect((await failureOf(requester.request({ ...request, name }))).code).toBe('internal');
    }
    for (const name of ['nobody.knows', 'telegram.getMe']) {
      expect((await failureOf(runner.run({ name, argv: ['true'] }))).code).toBe('internal');
    }
  });

  test('a request may ask for less time than its rule gives, never for more', async () => {
    await using server = serve(() => new Promise<Response>(() => undefined));
    const kit = createDoorKit();
    const strict = { deadlineMs: () => 100 };
    const requester = createHttpRequester({ ...kit, book: strict });
    const startedAt = kit.clock.monotonicMs();
    const ended = requester.request({ name: 'x', method: 'GET', url: server.origin, timeoutMs: 60_000 });
    expect((await failureOf(ended)).code).toBe('timeout');
    expect(kit.clock.monotonicMs() - startedAt).toBeLessThan(5_000);
  });
});

describe('B3: every call site of the source', () => {
  const root = new URL('../../..', import.meta.url).pathname;
  const sites = callSites(root);
  const listed = new Set(CALL_RULES.filter(hasBreaker).map((rule) => rule.name));

  test('names its call, and the name has a rule', () => {
    expect(sites.length).toBeGreaterThan(15);
    for (const { where, name } of sites)
      expect({ where, listed: listed.has(name ?? '') }).toEqual({ where, listed: true });
  });

  test('and no rule is left without a call site', () => {
    const used = new Set(sites.map((site) => site.name));
    const unused = [...listed].filter((name) => !used.has(name) && !name.startsWith('telegram.'));
    expect(unused).toEqual([]);
  });
});
