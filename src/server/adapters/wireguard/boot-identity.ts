import { AppError } from '../../core/errors.ts';
import type { Command } from './commands.ts';
import { socketPath } from './link.ts';

/**
 * Tells apart one making of the interface from every other: traffic counters begin at nothing with each.
 *
 * In the kernel it is the interface's number, which a network namespace gives out in ascending order and not twice
 * (`dev_new_index`), with the namespace and the machine's boot. A `wireguard-go` holds its counters itself, and makes its
 * socket anew when it starts: there it is that socket's inode and the time it was made.
 */
export interface BootIdentity {
  /** AppError `unavailable` when the interface is not there. */
  read(signal?: AbortSignal): Promise<string>;
}

export function createBootIdentity(
  command: Command,
  kind: 'kernel' | 'userspace',
  name: string,
): BootIdentity {
  let machine: string | null = null;
  return {
    async read(signal) {
      // Neither changes while this process lives.
      machine ??= await machineOf(command, signal);
      const own =
        kind === 'kernel' ? await linkNumber(command, name, signal) : await daemonOf(command, name, signal);
      return `${machine}/${own}`;
    },
  };
}

async function machineOf(command: Command, signal?: AbortSignal): Promise<string> {
  const boot = await command({ argv: ['cat', '/proc/sys/kernel/random/boot_id'], name: 'wg.boot', signal });
  const namespace = await command({ argv: ['readlink', '/proc/self/ns/net'], name: 'wg.boot', signal });
  return `${boot.stdout.trim()}/${namespace.stdout.replace(/\D/g, '')}`;
}

async function linkNumber(command: Command, name: string, signal?: AbortSignal): Promise<string> {
  const { stdout } = await command({
    argv: ['ip', '-json', 'link', 'show', 'dev', name],
    name: 'wg.boot',
    signal,
  });
  const [link] = JSON.parse(stdout) as readonly { readonly ifindex?: number }[];
  if (link?.ifindex === undefined) throw new AppError('internal', 'ip printed no interface');
  return String(link.ifindex);
}

async function daemonOf(command: Command, name: string, signal?: AbortSignal): Promise<string> {
  const { stdout, exitCode } = await command({
    argv: ['stat', '-c', '%i-%.9Z', socketPath(name)],
    name: 'wg.boot',
    okCodes: [0, 1],
    signal,
  });
  if (exitCode === 0) return stdout.trim();
  throw new AppError('unavailable', `the interface ${name} is not there or does not answer`);
}
