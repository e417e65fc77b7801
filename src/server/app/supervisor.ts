import { LEASES_LOOP } from '../adapters/jobs/run.ts';
import { PROBE_LOOP } from '../adapters/postgres/keeper.ts';
import { createSdNotify, watchdogPatience } from '../adapters/system/sd-notify.ts';
import type { Config } from '../config.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Supervisor } from '../core/ports/supervisor.ts';
import { createTellSupervisor } from '../services/tell-supervisor.ts';
import type { World } from './world.ts';

/** What the supervisor put into the environment; see systemd.exec(5). */
export interface SupervisorEnvironment {
  readonly socket: string | undefined;
  readonly watchdogUsec: string | undefined;
  readonly watchdogPid: string | undefined;
}

export interface SupervisorPart extends Pick<Supervisor, 'stopping'> {
  /** Says that users are served, and from then on how it goes. */
  begin(watched: { loops(): readonly LoopRecord[]; reasons(): readonly string[] }): void;
  /** Of the telling; none without a supervisor. */
  records(): readonly LoopRecord[];
  stop(): Promise<void>;
}

/** The probe gives itself 20 s, with 3 s between two. */
const PROBE_TURN_MS = 30_000;
/** Beside the waits of its statements. */
const SWEEP_TURN_MS = 30_000;

export function createSupervisorPart(
  world: World,
  { database }: Pick<Config, 'database'>,
  environment: SupervisorEnvironment,
): SupervisorPart {
  const { socket, watchdogUsec: usec, watchdogPid: pid } = environment;
  const supervisor = createSdNotify(socket);
  // A sweep that finds no connection, twice, is slow and does not hang.
  const sweepMs = SWEEP_TURN_MS + 2 * (database.acquireTimeoutMs + database.statementTimeoutMs);
  let telling: ReturnType<typeof createTellSupervisor> | null = null;
  return {
    stopping: supervisor.stopping,
    begin(watched) {
      supervisor.ready();
      if (!socket) return;
      telling = createTellSupervisor({
        ...world,
        ...watched,
        supervisor,
        patienceMs: watchdogPatience({ usec, pid }, process.pid),
        limits: { [PROBE_LOOP]: PROBE_TURN_MS, [LEASES_LOOP]: sweepMs },
      });
      telling.start();
    },
    records: () => (telling ? [telling.record()] : []),
    stop: async () => telling?.stop(),
  };
}
