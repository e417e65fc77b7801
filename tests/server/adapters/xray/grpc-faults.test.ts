/** F-L2 for the calls to Xray's own API: whatever the other side does, a call ends, is counted, and the next one works. */
import { describe, expect, test } from 'bun:test';
import type { GrpcInbound } from '../../../../src/server/adapters/xray/grpc-inbound.ts';
import { GRPC_FAULTS, serveBadGrpc } from '../../../support/bad-grpc-server.ts';
import { listenDeaf } from '../../../support/deaf-port.ts';
import { createDoorKit } from '../../../support/door-kit.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { startFaultyProxy } from '../../../support/faulty-proxy.ts';
import { type GrpcRigOptions, grpcInbound, newUser } from '../../../support/inbound-rig.ts';
import { tempFolder } from '../../../support/machine.ts';
import { freePort } from '../../../support/postgres-server.ts';
import { startXrayStandIn } from '../../../support/xray-stand-in.ts';

const TIMEOUT_MS = 250;
/** Over the deadline by no more than this, on a busy machine. */
const SLACK_MS = 600;
/** A server that is back is used again within this time. */
const BACK_WITHIN_MS = 2_000;

async function setUp(address: string, more: Partial<GrpcRigOptions> = {}) {
  const folder = await tempFolder();
  const kit = createDoorKit();
  const inbound = grpcInbound(folder.path, {
    ...kit,
    address,
    prefix: 'xray',
    timeoutMs: TIMEOUT_MS,
    ...more,
  });
  return {
    ...kit,
    inbound,
    async [Symbol.asyncDispose]() {
      inbound.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('F-L2 a server that', () => {
  test.each(GRPC_FAULTS)('%s: the call ends in time as no answer, and is counted', async (fault) => {
    await using bad = await serveBadGrpc(fault);
    await using rig = await setUp(bad.address);
    const startedAt = performance.now();
    const { code } = await failureOf(rig.inbound.read());
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    expect(['timeout', 'unavailable', 'invalid', 'exhausted']).toContain(code);
    expect(await rig.metrics.render()).toContain('adit_call_failures_total{call="xray.GetSysStats"');
  });

  test.each(['accepts and says nothing', 'resets the connection', 'sends headers and stalls'])(
    '%s: the breaker opens, and then refuses at once',
    async (fault) => {
      await using bad = await serveBadGrpc(fault);
      await using rig = await setUp(bad.address, { timeoutMs: 100 });
      for (let time = 0; time < 5; time++) await failureOf(rig.inbound.look());
      expect(rig.breakers.for('xray.GetSysStats').state).toBe('open');
      expect(await timeOf(rig.inbound.look())).toBeLessThan(60);
    },
  );

  const stalls = [
    ['GetSysStats', (inbound: GrpcInbound) => inbound.look()],
    ['GetInboundUsers', (inbound: GrpcInbound) => inbound.read()],
    ['QueryStats', (inbound: GrpcInbound) => inbound.traffic()],
    ['AlterInbound', (inbound: GrpcInbound) => inbound.apply({ remove: ['a'], add: [newUser()] })],
  ] as const;
  test.each(stalls)(
    'never answers %s: that call has its own deadline, metric and breaker',
    async (method, ask) => {
      await using xray = await startXrayStandIn();
      await using rig = await setUp(xray.api);
      xray.answerWith(method, 'never');
      const startedAt = performance.now();
      expect((await failureOf(ask(rig.inbound))).code).toBe('timeout');
      expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + SLACK_MS);
      const name = `xray.${method}`;
      expect(await rig.metrics.render()).toContain(
        `adit_call_failures_total{call="${name}",reason="timeout"} 1`,
      );
      expect(rig.breakers.states().map((each) => each.name)).toContain(name);
    },
  );

  test('never takes the connection: no SYN is answered', async () => {
    using deaf = listenDeaf();
    await using rig = await setUp(`127.0.0.1:${deaf.port}`);
    const startedAt = performance.now();
    expect((await failureOf(rig.inbound.read())).code).toBe('timeout');
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  test('is not there at all', async () => {
    await using rig = await setUp(`127.0.0.1:${await freePort()}`);
    expect((await failureOf(rig.inbound.read())).code).toBe('unavailable');
  });

  test('has no address', async () => {
    await using rig = await setUp('no-such-host.invalid:1');
    expect((await failureOf(rig.inbound.read())).code).toMatch(/unavailable|timeout/);
  });
});

describe('an answer that is none', () => {
  test('F-L2 garbage in place of a list is a failure, and never a shorter list', async () => {
    await using xray = await startXrayStandIn();
    await using rig = await setUp(xray.api);
    await rig.inbound.apply({ remove: [], add: [newUser(), newUser()] });
    const whole = await rig.inbound.read();
    expect(whole.users).toHaveLength(2);
    const cases = [
      Buffer.from([10, 200]),
      Buffer.from('<html>'),
      Buffer.from([10, 2, 10, 9]),
      Buffer.alloc(100, 255),
    ];
    for (const bytes of cases) {
      xray.answerWith('GetInboundUsers', bytes);
      expect((await failureOf(rig.inbound.read())).code).toBe('invalid');
    }
    xray.answerWith('GetInboundUsers', null);
    expect(await rig.inbound.read()).toEqual(whole);
  });

  test('a user of another protocol, a counter below zero', async () => {
    await using xray = await startXrayStandIn();
    await using rig = await setUp(xray.api);
    xray.setCounter('a', -1, 0);
    expect((await failureOf(rig.inbound.traffic())).code).toBe('invalid');
    xray.setUser('odd', { type: 'xray.proxy.vmess.Account', id: 'x' });
    expect((await failureOf(rig.inbound.read())).code).toBe('invalid');
  });

  test('F-L2 larger than it may be', async () => {
    await using xray = await startXrayStandIn();
    await using rig = await setUp(xray.api, { timeoutMs: 5000 });
    await rig.inbound.look();
    xray.answerWith('GetInboundUsers', Buffer.alloc(65 * 1024 * 1024));
    expect((await failureOf(rig.inbound.read())).code).toBe('exhausted');
  }, 20_000);

  test('an inbound of that tag is not there, or this is no Xray', async () => {
    await using xray = await startXrayStandIn('other');
    await using wrongTag = await setUp(xray.api);
    const failure = await failureOf(wrongTag.inbound.apply({ remove: [], add: [newUser()] }));
    expect([failure.code, failure.details.reason]).toEqual(['invalid', 'no_inbound']);
    await using wrongPackage = await setUp(xray.api, { prefix: 'v2ray.core' });
    expect((await failureOf(wrongPackage.inbound.read())).details.reason).toBe('unimplemented');
  });
});

describe('after trouble', () => {
  test('a half-open connection costs one deadline: the next call has a new one', async () => {
    await using xray = await startXrayStandIn();
    const proxy = await startFaultyProxy({ host: '127.0.0.1', port: Number(xray.api.split(':')[1]) });
    await using rig = await setUp(`127.0.0.1:${proxy.port}`);
    await rig.inbound.read();
    proxy.halfOpen();
    expect((await failureOf(rig.inbound.read())).code).toBe('timeout');
    await rig.inbound.read();
    await proxy.close();
  });

  test('F-W8 a server that was away is used again within two seconds, however long it was away', async () => {
    await using xray = await startXrayStandIn();
    await using rig = await setUp(xray.api);
    await rig.inbound.read();
    await xray.stop();
    let failures = 0;
    await eventually(async () => {
      await failureOf(rig.inbound.look());
      failures += 1;
      return failures > 50;
    });
    await xray.start();
    const startedAt = performance.now();
    await eventually(() => rig.inbound.read(), { withinMs: 10_000 });
    expect(performance.now() - startedAt).toBeLessThan(BACK_WITHIN_MS);
    const user = newUser();
    await eventually(() => rig.inbound.apply({ remove: [], add: [user] }));
    expect((await rig.inbound.read()).users).toEqual([user]);
  }, 30_000);

  test('a thousand changes on a server that does not answer cost one deadline, not a thousand', async () => {
    await using xray = await startXrayStandIn();
    await using rig = await setUp(xray.api, { timeoutMs: 1000 });
    await rig.inbound.read();
    xray.answerWith('AlterInbound', 'never');
    const add = Array.from({ length: 1000 }, () => newUser());
    const startedAt = performance.now();
    expect((await failureOf(rig.inbound.apply({ remove: [], add }))).code).toBe('timeout');
    expect(performance.now() - startedAt).toBeLessThan(2000 + SLACK_MS);
    xray.answerWith('AlterInbound', null);
    await eventually(() => rig.inbound.apply({ remove: [], add }), { withinMs: 10_000 });
    expect((await rig.inbound.read()).users).toHaveLength(1000);
  }, 30_000);

  test('who goes away is let go at once, and the next in line is served', async () => {
    await using xray = await startXrayStandIn();
    await using rig = await setUp(xray.api, { timeoutMs: 5000 });
    await rig.inbound.read();
    xray.answerWith('GetInboundUsers', 'never');
    const leaving = new AbortController();
    const gone = rig.inbound.read(leaving.signal);
    const next = rig.inbound.look();
    leaving.abort();
    expect((await failureOf(gone)).code).toBe('unavailable');
    expect(await timeOf(next)).toBeLessThan(1000);
  });
});
