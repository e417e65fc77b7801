import { type App, type AppOptions, buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import { toAppError } from '../core/errors.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import type { SupervisorEnvironment } from './supervisor.ts';

/** What main reads from outside and hands down. */
export interface Outside {
  readonly onTerminal: boolean;
  readonly path: string | undefined;
  readonly supervisor: SupervisorEnvironment;
  /** File of the watchdog's thread: in the compiled program its place among the entry points. */
  readonly watchdogProgram: URL;
  readonly err: (text: string) => void;
  /** Calls back at each signal that asks the program to end. */
  onStopSignal(listener: () => void): void;
  /**
   * Calls back for an error that nobody caught, in place of ending the process. `lone`: of a promise nobody awaited;
   * what else runs is whole. Otherwise nobody knows what was left half done.
   */
  onUncaught(listener: (error: unknown, kind: 'lone' | 'thrown') => void): void;
  /** Ends the process at once. */
  exit(code: number): never;
}

/** In-flight work gets this long at a stop; systemd's TimeoutStopSec is longer. Milliseconds. */
export const GRACE_MS = 10_000;

/** Runs until told to stop. The first signal drains, a second one leaves at once. */
export async function serve(config: Config, outside: Outside): Promise<ExitCode> {
  const app = buildApp({
    ...standard(config, outside),
    nat: true,
    fallback: null,
    removeTunnelAtStop: false,
  });
  return runUntilStopped(app, outside, async (started) => {
    app.world.log.info({ tunnel: started.tunnel }, 'serving');
    if (config.telegram === null) app.world.log.warn({}, 'BOT_TOKEN is not set: there is no bot');
  });
}

export const standard = (
  config: Config,
  outside: Outside,
): Pick<AppOptions, 'config' | 'onTerminal' | 'path' | 'supervisor' | 'watchdogProgram'> => ({
  config,
  onTerminal: outside.onTerminal,
  path: outside.path,
  supervisor: outside.supervisor,
  watchdogProgram: outside.watchdogProgram,
});

/** What a verb that goes on until it is told to stop has to offer. */
interface Runnable<Started> extends Pick<App, 'world' | 'stop'> {
  start(signal: AbortSignal): Promise<Started>;
}

export async function runUntilStopped<Started>(
  app: Runnable<Started>,
  outside: Outside,
  started: (what: Started) => Promise<void>,
): Promise<ExitCode> {
  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  outside.onStopSignal(() => {
    if (stopping.signal.aborted) outside.exit(1);
    stopping.abort();
  });
  let broken = false;
  outside.onUncaught((error, kind) => {
    const advice = kind === 'lone' ? 'going on' : 'stopping, to be started again';
    app.world.log.error({ error }, `an error that nobody caught; ${advice}`);
    if (kind === 'lone') return;
    broken = true;
    stopping.abort();
  });
  try {
    await started(await app.start(stopping.signal));
  } catch (error) {
    if (stopping.signal.aborted) return broken ? 1 : 0;
    outside.err(`adit: ${toAppError(error).message}\n`);
    return 1;
  }
  await asked;
  app.world.log.info({ graceMs: GRACE_MS }, 'stopping; a second signal leaves at once');
  await app.stop(GRACE_MS);
  app.world.log.info({}, 'stopped');
  return broken ? 1 : 0;
}
