import { lstat } from 'node:fs/promises';
import type { Clock } from '../../core/ports/clock.ts';
import type { SweepTemps, WithFileLock, WriteFileDurably } from '../../core/ports/durable-files.ts';
import type { FileStamp, TunnelConfigFile, TunnelPeer } from '../../core/ports/tunnel.ts';
import { renderServerInterface, renderServerPeer, renderServerTrailer } from '../../core/server-config.ts';
import type { ServerInterface } from '../../core/server-interface.ts';
import { createTurns, portions } from '../../core/turns.ts';
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
    holds: async (peers, signal) => reads(path, await render(options, peers, signal), signal),
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

/** Whether the file is these parts, one after the other, and nothing else. All of it is ASCII. */
async function reads(path: string, parts: readonly string[], signal?: AbortSignal): Promise<boolean> {
  if (!(await assertPrivatePlace(path))) return false;
  const file = await openPrivateFile(path);
  try {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if ((await file.stat()).size !== length) return false;
    for (const part of parts) {
      signal?.throwIfAborted();
      const buffer = Buffer.alloc(part.length);
      const { bytesRead } = await file.read(buffer, 0, part.length);
      if (bytesRead !== part.length || buffer.toString('latin1') !== part) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

/** In parts of some hundred peers: joined to one text, it would be encoded and written in one go. */
async function render(
  { server, clock }: ConfigFileOptions,
  peers: readonly TunnelPeer[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const turns = createTurns(clock);
  const parts: string[] = [];
  for (const some of portions(peers, PEERS_OF_A_PART)) {
    parts.push(some.map(renderServerPeer).join(''));
    await turns.breathe(signal);
  }
  return [renderServerInterface(server), ...parts, renderServerTrailer(peers.length)];
}

const PEERS_OF_A_PART = 500;
