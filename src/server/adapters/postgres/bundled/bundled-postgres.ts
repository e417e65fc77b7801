import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError, toAppError } from '../../../core/errors.ts';
import { LOOP_RED_MS, type LoopRecord } from '../../../core/loop-record.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { LongLived, ProcessRunner } from '../../../core/ports/process-runner.ts';
import type { DatabaseAddress } from '../address.ts';
import type { PostgresArchive } from './archive.ts';
import { ensureCluster, type ServerPrograms, SUPERUSER, serverSettings } from './cluster.ts';
import { prepareFolders, runningAddress, SERVER_PORT, type ServerFolders } from './folders.ts';
import { endLeftover, readPostmasterFile } from './postmaster-file.ts';
import { chooseServerUser, steppingDown } from './server-user.ts';
import { unpackPrograms } from './unpack.ts';

/** A whole PostgreSQL of our own: unpacked, initialised, started, watched and stopped with the program. */
export interface BundledPostgres {
  /**
   * Resolves with the address once it accepts connections: some 2 s the very first time, some 0.2 s later.
   * Repeating returns the same. Throws AppError `conflict` when another Adit uses this STATE_DIR, `invalid`
   * when the server's user cannot get there, `unavailable` when it does not start.
   */
  start(signal?: AbortSignal): Promise<DatabaseAddress>;
  /** Fast shutdown, after 8 s an immediate one. Repeating is safe, also before `start`. */
  stop(): Promise<void>;
  /** False while the server is away; it is started again by itself. */
  running(): boolean;
  /** How often it had to be started again. */
  restarts(): number;
  /** Of its supervision: running is the success. */
  record(): LoopRecord;
}

export interface BundledPostgresDeps {
  readonly archive: PostgresArchive;
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  readonly log: Log;
  readonly stateDir: string;
  /** Effective user id of this process. */
  readonly uid: number;
  readonly poolMax: number;
  /** Holds a lock on the path for the life of this process, or throws AppError `conflict`. */
  lock(path: string): Promise<{ release(): Promise<void> }>;
}

/** The one initdb made: another would cost 300 files and their fsync. */
const DATABASE = 'postgres';
const FAST_STOP_MS = 8_000;
const LAST_STOP_MS = 3_000;
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 5;
const FIRST_TRIES = 5;
const LONGEST_PAUSE_MS = 10_000;
/** A server that lived this long did not end because of how it was started. */
const STEADY_AFTER_MS = 10_000;

interface Place {
  readonly folders: ServerFolders;
  readonly programs: ServerPrograms;
}

/** The bundled server that another process of ours runs for this STATE_DIR. */
export const besideAddress = (stateDir: string): DatabaseAddress => ({
  ...runningAddress(stateDir),
  database: DATABASE,
  user: SUPERUSER,
});

export function createBundledPostgres(deps: BundledPostgresDeps): BundledPostgres {
  const { clock, log } = deps;
  const stopping = new AbortController();
  let started: Promise<DatabaseAddress> | undefined;
  let release = async (): Promise<void> => {};
  let server: LongLived | undefined;
  let supervision = Promise.resolve();
  let restarts = 0;
  let lastSeenMs: number | null = null;

  async function start(signal: AbortSignal): Promise<DatabaseAddress> {
    const place = await prepare(deps, (held) => {
      release = held;
    });
    await launch(place, signal, FIRST_TRIES);
    const address = { host: place.folders.socket, port: SERVER_PORT, database: DATABASE, user: SUPERUSER };
    supervision = supervise(place);
    return address;
  }

  /** A killed server's children may still hold its memory for a moment: the first failures are not the last word. */
  async function launch(place: Place, signal: AbortSignal, tries: number): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        server = await startServer(place, deps, signal);
        return;
      } catch (error) {
        if (failures >= tries || signal.aborted) throw error;
        log.warn({ error: toAppError(error).message }, 'the bundled PostgreSQL did not start, trying again');
        await clock.sleep(Math.min(100 * 2 ** failures, LONGEST_PAUSE_MS), signal);
      }
    }
  }

  async function supervise(place: Place): Promise<void> {
    for (let inARow = 0; server !== undefined; ) {
      const startedAt = clock.monotonicMs();
      const exitCode = await server.exited;
      if (stopping.signal.aborted) return;
      log.error(
        { exitCode, said: server.tail().slice(-2_000) },
        'the bundled PostgreSQL ended, starting it again',
      );
      server = undefined;
      lastSeenMs = clock.monotonicMs();
      restarts += 1;
      inARow = clock.monotonicMs() - startedAt < STEADY_AFTER_MS ? inARow + 1 : 0;
      await relaunch(place, inARow).catch(() => {});
    }
  }

  /** Without a pause after the first crash; one that ends over and over must not keep the machine busy. */
  async function relaunch(place: Place, inARow: number): Promise<void> {
    if (inARow > 1) await clock.sleep(Math.min(100 * 2 ** inARow, LONGEST_PAUSE_MS), stopping.signal);
    await launch(place, stopping.signal, Number.POSITIVE_INFINITY);
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await started?.catch(() => {});
    if (server !== undefined) await stopServer(server, clock);
    await supervision;
    server = undefined;
    await release();
  }

  return {
    start(signal) {
      started ??= start(signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]));
      return started;
    },
    stop,
    running: () => server !== undefined,
    restarts: () => restarts,
    record() {
      const awayMs = lastSeenMs === null ? null : clock.monotonicMs() - lastSeenMs;
      const age = server === undefined ? awayMs : 0;
      const counts = { failuresInRow: 0, restarts, redAfterMs: LOOP_RED_MS };
      return { name: 'postgres:server', lastSuccessAgeMs: age, lastTurnAgeMs: age, ...counts };
    },
  };
}

/** Everything before the server itself; what `held` receives must be called at the end. */
async function prepare(
  deps: BundledPostgresDeps,
  held: (release: () => Promise<void>) => void,
): Promise<Place> {
  const stateDir = resolve(deps.stateDir);
  const user = chooseServerUser(deps.uid, await readFile('/etc/passwd', 'utf8'));
  const folders = await prepareFolders(stateDir, user);
  const lock = await deps.lock(`${folders.programs}/lock`);
  held(() => lock.release());
  const tree = await unpackPrograms(deps.archive, folders.programs);
  const programs = { runner: deps.runner, prefix: steppingDown(user), tree };
  await endLeftover(folders.data, { programs, clock: deps.clock, log: deps.log });
  await ensureCluster(programs, folders);
  return { folders, programs };
}

async function startServer(place: Place, deps: BundledPostgresDeps, signal: AbortSignal): Promise<LongLived> {
  signal.throwIfAborted();
  const { prefix, tree } = place.programs;
  const settings = Object.entries(serverSettings(place.folders, deps.poolMax));
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const argv = [...prefix, `${tree}/bin/postgres`, '-D', place.folders.data, ...flags] as const;
  const server = deps.runner.start({ argv: [...argv], name: 'postgres', cwd: '/' });
  try {
    await ready(server, place.folders.data, deps.clock, signal);
    return server;
  } catch (error) {
    await stopServer(server, deps.clock);
    throw error;
  }
}

async function ready(server: LongLived, data: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const end = clock.monotonicMs() + READY_WITHIN_MS;
  let exitCode: number | undefined;
  void server.exited.then((code) => {
    exitCode = code;
  });
  for (;;) {
    const file = await readPostmasterFile(data);
    if (file?.pid === server.pid && file.ready) return;
    if (exitCode !== undefined || clock.monotonicMs() > end) throw didNotStart(server, exitCode);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function didNotStart(server: LongLived, exitCode: number | undefined): AppError {
  const said = server.tail().trim().split('\n').at(-1) ?? '';
  const how =
    exitCode === undefined ? `was not ready within ${READY_WITHIN_MS / 1_000} s` : `ended with ${exitCode}`;
  return new AppError('unavailable', `The bundled PostgreSQL ${how}: ${said}`, { details: { exitCode } });
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one (manual, 18.5). */
async function stopServer(server: LongLived, clock: Clock): Promise<void> {
  const impatience = new AbortController();
  const later = clock.sleep(FAST_STOP_MS, impatience.signal).then(
    () => server.stop('SIGQUIT', LAST_STOP_MS),
    () => {},
  );
  await server.stop('SIGINT', FAST_STOP_MS + LAST_STOP_MS);
  impatience.abort();
  await later;
}
