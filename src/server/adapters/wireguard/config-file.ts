import { lstat } from 'node:fs/promises';
import type { Clock } from '../../core/ports/clock.ts';
import type { SweepTemps, WithFileLock, WriteFileDurably } from '../../core/ports/durable-files.ts';
import type { FileStamp, TunnelConfigFile, TunnelPeer } from '../../core/ports/tunnel.ts';
import { renderServerInterface, renderServerPeer, renderServerTrailer } from '../../core/server-config.ts';
import type { ServerInterface } from '../../core/server-interface.ts';
import { inTurns } from './in-turns.ts';
import { assertPrivatePlace, openPrivateFile } from './private-file.ts';

export interface ConfigFileOptions {
  /** WG_CONFIG_PATH and WG_CONFIG_LOCK_PATH. */
  readonly path: string;
  readonly lockPath: string;
  readonly server: ServerInterface;
  /** Longest wait for the lock. */
  readonly lockTimeoutMs: number;
  readonly clock: Clock;
  readonly withFileLock: WithFileLock;
  readonly writeFileDurably: WriteFileDurably;
  readonly sweepTemps: SweepTemps;
}

/**
 * wg0.conf. The text is made before the lock is taken, so the lock is held for the write alone. Writers that
 * meet are served one after another, and the last one's list stays.
 *
 * Besides the port's errors: AppError `forbidden` when the file is a link, open to others or somebody else's,
 * or its folder is; `invalid` when a peer is not one, and then nothing is written.
 */
export function createConfigFile(options: ConfigFileOptions): TunnelConfigFile {
  const { path, lockPath, lockTimeoutMs } = options;
  return {
    async write(peers, signal) {
      const text = await render(options, peers, signal);
      let stamp: FileStamp | null = null;
      await options.withFileLock(lockPath, { timeoutMs: lockTimeoutMs, signal }, async () => {
        await assertPrivatePlace(path);
        await options.sweepTemps(path);
        await options.writeFileDurably(path, text, { mode: 0o600 });
        stamp = await stampOf(path);
      });
      return stamp ?? '';
    },
    async holds(peers, signal) {
      const present = await readText(path);
      return present !== null && present === (await render(options, peers, signal));
    },
    stamp: () => stampOf(path),
  };
}

/** The kernel sets the change time of an inode at every write, rename and chmod; nobody can set it back. */
async function stampOf(path: string): Promise<FileStamp | null> {
  try {
    const { ino, size, ctimeNs, mode } = await lstat(path, { bigint: true });
    return [ino, size, ctimeNs, mode].join(' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function readText(path: string): Promise<string | null> {
  if (!(await assertPrivatePlace(path))) return null;
  const file = await openPrivateFile(path);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function render(
  { server, clock }: ConfigFileOptions,
  peers: readonly TunnelPeer[],
  signal?: AbortSignal,
): Promise<string> {
  const sections = await inTurns(clock, peers, renderServerPeer, signal);
  return renderServerInterface(server) + sections.join('') + renderServerTrailer(peers.length);
}
