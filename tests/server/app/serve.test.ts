import { expect, test } from 'bun:test';
import { type Outside, runUntilStopped } from '../../../src/server/app/serve.ts';
import type { App } from '../../../src/server/app.ts';
import { eventually } from '../../support/eventually.ts';
import { createRecordingLog, type RecordedLine } from '../../support/recording-log.ts';

/** An app that only counts its stops, and an outside whose signals and accidents the test makes. */
function setUp() {
  const lines: RecordedLine[] = [];
  const seen = { stops: 0, started: false };
  const app = {
    world: { log: createRecordingLog(lines) },
    start: async () => ({ port: 1, tunnel: 'memory' }),
    async stop() {
      seen.stops += 1;
    },
  } as unknown as App;
  let uncaught: Parameters<Outside['onUncaught']>[0] = () => {};
  let signal = () => {};
  const outside: Outside = {
    onTerminal: false,
    path: undefined,
    watchdogProgram: new URL('file:///no/watchdog/here.ts'),
    supervisor: { socket: undefined, watchdogUsec: undefined, watchdogPid: undefined },
    err: () => {},
    onStopSignal: (listener) => {
      signal = listener;
    },
    onUncaught: (listener) => {
      uncaught = listener;
    },
    exit: () => {
      throw new Error('left at once');
    },
  };
  const ended = runUntilStopped(app, outside, async () => {
    seen.started = true;
  });
  const errors = () => lines.filter((each) => each.level === 'error').map((each) => each.message);
  return {
    seen,
    errors,
    ended,
    stop: () => signal(),
    accident: (kind: 'lone' | 'thrown') => uncaught(new Error('oops'), kind),
  };
}

test('"one exception killed the background thread": a promise nobody awaited is said, and users are served on', async () => {
  const { seen, errors, ended, stop, accident } = setUp();
  await eventually(() => seen.started);
  accident('lone');
  expect(errors()).toEqual(['an error that nobody caught; going on']);
  expect(seen.stops).toBe(0);
  stop();
  expect(await ended).toBe(0);
});

test('an exception nobody caught ends the program in order, and as a failure', async () => {
  const { seen, errors, ended, accident } = setUp();
  await eventually(() => seen.started);
  accident('thrown');
  expect(await ended).toBe(1);
  expect(seen.stops).toBe(1);
  expect(errors()).toEqual(['an error that nobody caught; stopping, to be started again']);
});
