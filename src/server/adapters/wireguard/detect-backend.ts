import { toAppError } from '../../core/errors.ts';
import type { ProcessRunner, RunRequest } from '../../core/ports/process-runner.ts';

export interface DetectedBackend {
  /** Null: this machine can carry no WireGuard as it is. */
  readonly kind: 'kernel' | 'userspace' | null;
  /** Why each better choice was not taken, for people; empty when the kernel does it. */
  readonly reasons: readonly string[];
}

/** Exists for a moment; unlikely to be anybody's. */
const PROBE = 'adit-probe';

/**
 * Tries what the machine can do, the kernel first, by making an interface and taking it away: the only sure sign,
 * as a module loads itself. Repeating is safe. Never throws for a machine that cannot.
 */
export async function detectBackend({
  runner,
}: {
  readonly runner: ProcessRunner;
}): Promise<DetectedBackend> {
  const tools = await failureOf(runner, ['wg', '--version']);
  if (tools !== null) return { kind: null, reasons: [`wg (wireguard-tools) does not run: ${tools}`] };
  const kernel = await failureOf(runner, ['ip', 'link', 'add', 'dev', PROBE, 'type', 'wireguard']);
  if (kernel === null || /File exists/.test(kernel)) {
    await failureOf(runner, ['ip', 'link', 'delete', 'dev', PROBE]);
    return { kind: 'kernel', reasons: [] };
  }
  const reasons = [`the kernel has no WireGuard: ${kernel}`];
  const daemon = await failureOf(runner, ['wireguard-go', '--version']);
  if (daemon !== null) return { kind: null, reasons: [...reasons, `wireguard-go does not run: ${daemon}`] };
  const device = await failureOf(runner, ['test', '-c', '/dev/net/tun']);
  if (device !== null) return { kind: null, reasons: [...reasons, '/dev/net/tun is missing'] };
  return { kind: 'userspace', reasons };
}

/** Null when it went well, else the last thing the program said. */
async function failureOf(runner: ProcessRunner, argv: RunRequest['argv']): Promise<string | null> {
  try {
    await runner.run({ argv, name: 'backend.detect' });
    return null;
  } catch (error) {
    const known = toAppError(error);
    const said = String(known.details.stderr ?? '')
      .trim()
      .split('\n')
      .at(-1);
    return said === undefined || said === '' ? known.message : said;
  }
}
