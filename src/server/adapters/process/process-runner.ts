import type { CallBook } from '../../core/call-rules.ts';
import { failureReason, judgeCall } from '../../core/outside-call.ts';
import type { Breakers } from '../../core/ports/breaker.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { ProcessRunner, RunRequest, RunResult } from '../../core/ports/process-runner.ts';
import { programName, spawnGroup } from './child-group.ts';
import { watchOver } from './long-lived.ts';
import { type RunToEnd, runToEnd } from './run-to-end.ts';

export interface ProcessRunnerDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly breakers: Breakers;
  /** A run without a rule is refused; one may ask for less time than its rule gives, not for more. */
  readonly book: CallBook;
  /** The environment of children whose request names none. Default: Debian's PATH, and LANG=C.UTF-8. */
  readonly baseEnv?: Readonly<Record<string, string>>;
}

const DEFAULT_ENV: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
};
const DEFAULT_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * The door to other programs, by Bun.spawn. A program that makes itself a daemon is killed with its group when `run`
 * ends, unless it was started behind `setsid --wait`, as `wireguard-go` is: that one is meant to outlive us.
 */
export function createProcessRunner(deps: ProcessRunnerDeps): ProcessRunner {
  return {
    run: (request) => observed(deps, request),
    start(request) {
      const program = programName(request.argv);
      const child = spawnGroup({
        ...request,
        input: undefined,
        env: request.env ?? deps.baseEnv ?? DEFAULT_ENV,
      });
      deps.metrics.processStarted(program);
      deps.log.debug({ call: request.name ?? program, pid: child.pid }, 'child started');
      return watchOver(child, deps.clock, request.signal);
    },
  };
}

/** The run behind its breaker, timed and counted. */
async function observed(deps: ProcessRunnerDeps, request: RunRequest): Promise<RunResult> {
  const name = request.name ?? programName(request.argv);
  const startedAt = deps.clock.monotonicMs();
  const elapsedMs = () => deps.clock.monotonicMs() - startedAt;
  try {
    const work = () => guarded(deps, request, name);
    const ended = await deps.breakers.for(name).run(work, (e) => judgeCall(e, request.signal));
    deps.metrics.call(name, elapsedMs() / 1000);
    return { ...ended, durationMs: elapsedMs() };
  } catch (error) {
    deps.metrics.call(name, elapsedMs() / 1000, failureReason(error));
    deps.log.debug({ call: name, ms: elapsedMs(), error }, 'process call failed');
    throw error;
  }
}

function guarded(deps: ProcessRunnerDeps, request: RunRequest, name: string) {
  const run: RunToEnd = {
    name,
    argv: request.argv,
    input: request.input,
    env: request.env ?? deps.baseEnv ?? DEFAULT_ENV,
    cwd: request.cwd,
    maxOutputBytes: request.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES,
    okCodes: request.okCodes ?? [0],
    consume: request.consume,
    onStart: () => deps.metrics.processStarted(programName(request.argv)),
  };
  const limitMs = deps.book.deadlineMs(name, 'process');
  const signal = deps.clock.deadline(Math.min(request.timeoutMs ?? limitMs, limitMs), request.signal);
  return runToEnd(run, signal);
}
