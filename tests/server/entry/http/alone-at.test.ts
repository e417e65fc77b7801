import { expect, test } from 'bun:test';
import { toAppError } from '../../../../src/server/core/errors.ts';
import { createHttpServer } from '../../../../src/server/entry/http/server.ts';
import { silentLog } from '../../../support/door-kit.ts';

const serverAt = (port: number) =>
  createHttpServer({
    host: '127.0.0.1',
    port,
    metricsGuard: { matches: () => false },
    readiness: () => ({ ready: true, reasons: [] }),
    renderMetrics: async () => '',
    webhook: null,
    subscription: null,
    dashboard: { answer: async () => new Response('') },
    log: silentLog(),
  });

test('a port another Adit listens at is refused by its name, not shared', async () => {
  const first = serverAt(0);
  const { port } = first.start();
  const second = serverAt(port);
  try {
    second.start();
    throw new Error('the port was shared');
  } catch (error) {
    expect(toAppError(error)).toMatchObject({ code: 'conflict' });
    expect(toAppError(error).message).toStartWith(`Cannot listen at 127.0.0.1:${port}: another program`);
  } finally {
    await second.stop();
    await first.stop();
  }
});
