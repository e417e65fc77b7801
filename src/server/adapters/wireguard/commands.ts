import { AppError, type ErrorCode } from '../../core/errors.ts';
import type { ProcessRunner, RunRequest, RunResult } from '../../core/ports/process-runner.ts';

/** Runs one of WireGuard's programs and tells its failures apart. */
export type Command = (request: RunRequest) => Promise<RunResult>;

/** What `wg` and `ip` say when the interface, or the daemon behind its socket, is not there. */
const ABSENT =
  /No such device|does not exist|Cannot find device|Connection re(fused|set)|No such file|Broken pipe|Unable to (access|retrieve|modify) interface|Protocol not supported/i;
/** Ended by SIGPIPE: the daemon died while `wg` was talking to it. */
const BROKEN_OFF = 128 + 13;
const MISSING_PROGRAM = /failed to execute|command not found/i;
const NOT_ALLOWED = /Operation not permitted|Permission denied/i;

/**
 * The runner with `wg`, `ip` and `nft` errors translated: `unavailable` when the interface is not there or does
 * not answer, `forbidden` without the rights; `timeout`, `unavailable` and `exhausted` of the runner as they are.
 */
export function createCommand(runner: ProcessRunner, interfaceName: string): Command {
  return async (request) => {
    try {
      return await runner.run(request);
    } catch (error) {
      throw translated(error, interfaceName, request.argv[0]);
    }
  };
}

function translated(error: unknown, interfaceName: string, program: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'internal') return error;
  const stderr = String(error.details.stderr ?? '');
  const as = (code: ErrorCode, message: string): AppError =>
    new AppError(code, message, { cause: error, details: error.details });
  if (MISSING_PROGRAM.test(stderr)) return as('unavailable', `a program is missing: ${stderr.trim()}`);
  if (NOT_ALLOWED.test(stderr)) {
    return as('forbidden', `${program} may not change ${interfaceName}: CAP_NET_ADMIN is needed`);
  }
  const absent = ABSENT.test(stderr) || error.details.exitCode === BROKEN_OFF;
  if ((program === 'wg' || program === 'ip') && absent) {
    return as('unavailable', `the interface ${interfaceName} is not there or does not answer`);
  }
  return error;
}
