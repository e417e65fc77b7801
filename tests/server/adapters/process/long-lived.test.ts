import { expect, test } from 'bun:test';
import { createProcessRunner } from '../../../../src/server/adapters/process/process-runner.ts';
import { anyCall, createDoorKit } from '../../../support/door-kit.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { children, isAlive, openFds } from '../../../support/machine.ts';

const runner = createProcessRunner({ ...createDoorKit(), book: anyCall(5_000) });

test('start gives pid, exit code and the last lines of both outputs', async () => {
  const child = runner.start({ argv: ['sh', '-c', 'echo $$; echo err >&2; exit 7'] });
  expect(await child.exited).toBe(7);
  expect(child.tail()).toContain(`${child.pid}\n`);
  expect(child.tail()).toContain('err\n');
});

test('start of a missing program is unavailable', async () => {
  const start = async () => runner.start({ argv: ['no-such-program'] });
  expect((await failureOf(start())).code).toBe('unavailable');
});

test('stop asks first: a child that listens ends by itself with its own code', async () => {
  const child = runner.start({
    argv: ['sh', '-c', 'trap "exit 5" INT; echo ready; while :; do sleep 0.02; done'],
  });
  await eventually(() => child.tail().includes('ready'));
  await child.stop('SIGINT', 5_000);
  expect(await child.exited).toBe(5);
});

test('stop kills the whole group of a child that does not listen, and may be repeated', async () => {
  const script = 'trap "" TERM; sleep 60 & echo $!; while :; do sleep 0.02; done';
  const child = runner.start({ argv: ['sh', '-c', script] });
  await eventually(() => /\d+\n/.test(child.tail()));
  const grandchild = Number(child.tail());
  const stops = Promise.all([child.stop('SIGTERM', 100), child.stop('SIGTERM', 100)]);
  expect(await timeOf(stops)).toBeLessThan(1_000);
  await child.stop('SIGTERM', 100);
  await eventually(() => !isAlive(child.pid) && !isAlive(grandchild));
});

test('a leader that ends takes what it left behind with it', async () => {
  const child = runner.start({ argv: ['sh', '-c', 'sleep 60 & echo $!'] });
  expect(await child.exited).toBe(0);
  await eventually(() => !isAlive(Number(child.tail())));
});

test('a talkative child never stands still, and only the end of its words is kept', async () => {
  const child = runner.start({ argv: ['sh', '-c', 'seq 1 1000000'] });
  expect(await child.exited).toBe(0);
  expect(child.tail().length).toBe(65_536);
  expect(child.tail()).toEndWith('999999\n1000000\n');
});

test('an aborted signal kills it; 50 starts and stops leave no descriptor and no child', async () => {
  const [before, others] = [openFds(), children()];
  for (let i = 0; i < 50; i++) {
    const stop = new AbortController();
    const child = runner.start({ argv: ['sleep', '60'], signal: stop.signal });
    stop.abort();
    expect(await child.exited).toBe(137);
  }
  await eventually(() => {
    expect(children().filter((pid) => !others.includes(pid))).toEqual([]);
    expect(openFds()).toBeLessThanOrEqual(before + 1);
  });
});
