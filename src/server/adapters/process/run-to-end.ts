import { AppError } from '../../core/errors.ts';
import { calledOff } from '../../core/outside-call.ts';
import { type Consume, readCapped } from './capped-reading.ts';
import { isRunning, killGroup, programName, type SpawnRequest, spawnGroup } from './child-group.ts';

export interface RunToEnd extends SpawnRequest {
  readonly name: string;
  readonly maxOutputBytes: number;
  readonly okCodes: readonly number[];
  readonly consume: Consume | undefined;
  /** Called once the child exists. */
  onStart(): void;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Longest part of a failed program's standard error kept for the log. */
const STDERR_KEPT = 2_048;

/**
 * One child from start to last byte. Whatever ends it first (exit, signal, cap), nothing of its group is alive
 * afterwards, and it never outlives `signal`: a grandchild that left the group keeps neither the pipe nor us.
 */
export async function runToEnd(request: RunToEnd, signal: AbortSignal): Promise<Ended> {
  if (signal.aborted) throw calledOff(signal, request.name);
  const child = spawnGroup(request);
  request.onStart();
  const output = readCapped(child.stdout, request.maxOutputBytes, request.consume);
  const errors = readCapped(child.stderr, request.maxOutputBytes);
  const stopped = whenStopped(signal, request.name);
  const exited = child.exited.finally(() => killGroup(child.pid));
  try {
    const all = Promise.all([output.text, errors.text, exited]);
    const [stdout, stderr, exitCode] = await Promise.race([all, stopped.failure]);
    return checked(request, { stdout, stderr, exitCode });
  } finally {
    stopped.forget();
    // Not after the leader's end: by then another group may bear this number.
    if (isRunning(child)) killGroup(child.pid);
    output.stop();
    errors.stop();
  }
}

function whenStopped(signal: AbortSignal, name: string): { failure: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(calledOff(signal, name));
  signal.addEventListener('abort', stop, { once: true });
  return { failure: promise, forget: () => signal.removeEventListener('abort', stop) };
}

function checked(request: RunToEnd, ended: Ended): Ended {
  if (request.okCodes.includes(ended.exitCode)) return ended;
  const details = {
    reason: 'exit',
    program: programName(request.argv),
    exitCode: ended.exitCode,
    stderr: ended.stderr.slice(-STDERR_KEPT),
  };
  throw new AppError('internal', `${request.name} ended with exit code ${ended.exitCode}.`, { details });
}
