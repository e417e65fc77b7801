import type { CallRule } from '../../core/call-rules.ts';

/** A disk that stands still: long enough for a slow one, short enough to be told. */
export const WRITE_LIMIT_MS = 10_000;

export const FILE_CALLS: readonly CallRule[] = [
  {
    name: 'file.lock',
    door: 'file',
    asks: 'for the lock of wg0.conf, which other programs may hold',
    deadline: { setting: 'WG_COMMAND_TIMEOUT_MS', plusMs: 0 },
    retries: 0,
  },
  {
    name: 'file.write',
    door: 'file',
    asks: 'the disk to keep a file of ours: written, synced, renamed',
    deadline: WRITE_LIMIT_MS,
    retries: 0,
  },
];
