import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { ProcessRunner } from '../../../core/ports/process-runner.ts';
import { SERVER_PORT, type ServerFolders } from './folders.ts';

export const SUPERUSER = 'adit';
/** Left for the keeper of this house: psql beside a full pool. */
const RESERVED_CONNECTIONS = 5;

/** Runs a program of the bundled tree as the server's user. */
export interface ServerPrograms {
  readonly runner: ProcessRunner;
  /** Words before the program: `setpriv …`. */
  readonly prefix: readonly [string, ...string[]];
  /** Folder of this version. */
  readonly tree: string;
}

/**
 * Makes the data folder when there is none; aside and renamed, so that one is whole or absent. Throws AppError
 * `conflict` when the data are of another major version of PostgreSQL.
 */
export async function ensureCluster(programs: ServerPrograms, folders: ServerFolders): Promise<void> {
  const text = await readFile(join(folders.data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const found = text?.trim();
  if (found === undefined) return initialise(programs, folders);
  const [, ours = ''] = /programs-(\d+)/.exec(programs.tree) ?? [];
  if (found === ours) return;
  const message = `The database in ${folders.data} is of PostgreSQL ${found}, this Adit brings ${ours}.`;
  throw new AppError('conflict', `${message} Dump it with the Adit that made it.`, {
    details: { found, ours },
  });
}

async function initialise({ runner, prefix, tree }: ServerPrograms, folders: ServerFolders): Promise<void> {
  await rm(folders.dataAside, { recursive: true, force: true });
  const how = ['-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-instructions'];
  await runner.run({
    argv: [...prefix, join(tree, 'bin/initdb'), '-D', folders.dataAside, ...how],
    name: 'postgres.initdb',
    timeoutMs: 60_000,
    cwd: '/',
  });
  await rename(folders.dataAside, folders.data);
}

/**
 * Given on the command line at every start, so that they are what this program says and no file can differ.
 * Small memory, full durability; no TCP: the folder of the socket decides who may come in.
 */
export function serverSettings(folders: ServerFolders, poolMax: number): Readonly<Record<string, string>> {
  return {
    listen_addresses: '',
    port: String(SERVER_PORT),
    unix_socket_directories: folders.socket,
    unix_socket_permissions: '0700',
    max_connections: String(poolMax + RESERVED_CONNECTIONS),
    shared_buffers: '32MB',
    work_mem: '4MB',
    maintenance_work_mem: '32MB',
    temp_buffers: '2MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '256MB',
    min_wal_size: '32MB',
    io_method: 'sync',
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    max_worker_processes: '2',
    max_logical_replication_workers: '0',
    autovacuum_max_workers: '2',
    autovacuum_worker_slots: '2',
    autovacuum_naptime: '20s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
  };
}
