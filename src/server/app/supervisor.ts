import { LEASES_LOOP } from '../adapters/jobs/run.ts';
import { PROBE_LOOP } from '../adapters/postgres/keeper.ts';
import { createSdNotify, watchdogPatience } from '../adapters/system/sd-notify.ts';
import type { Config } from '../config.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Supervisor } from '../core/ports/supervisor.ts';
import type { TurnLimits } from '../core/progress.ts';
import type { SupervisedLoop } from '../core/supervised-loop.ts';
import { createTellSupervisor, type TellSupervisorDeps } from '../services/tell-supervisor.ts';
import type { World } from './world.ts';

/** What the supervisor put into the environment; see systemd.exec(5). */
export interface SupervisorEnvironment {
  readonly socket: string | undefined;
  readonly watchdogUsec: string | undefined;
  readonly watchdogPid: string | undefined;
}

export interface SupervisorPart extends Pick<Supervisor, 'stopping'> {
  /** Says that users are served, and from then on how it goes. */
  begin(watched: Pick<TellSupervisorDeps, 'loops' | 'reasons' | 'limits'>): void;
  /** Of the telling; none without a supervisor. */
  records(): readonly LoopRecord[];
  stop(): Promise<void>;
}

/** The probe gives itself 20 s, with 3 s between two. */
const PROBE_TURN_MS = 30_000;
/** Beside the waits of its statements. */
const SWEEP_TURN_MS = 30_000;

/** A sweep that finds no connection, twice, is slow and does not hang. */
export const turnLimits = ({ database }: Pick<Config, 'database'>): TurnLimits => ({
  [PROBE_LOOP]: PROBE_TURN_MS,
  [LEASES_LOOP]: SWEEP_TURN_MS + 2 * (database.acquireTimeoutMs + database.statementTimeoutMs),
});

export function createSupervisorPart(
  world: Pick<World, 'clock' | 'log' | 'activity'>,
  environment: SupervisorEnvironment,
): SupervisorPart {
  const { socket, watchdogUsec: usec, watchdogPid: pid } = environment;
  const supervisor = createSdNotify(socket);
  let telling: SupervisedLoop | null = null;
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
      });
      telling.start();
    },
    records: () => (telling ? [telling.record()] : []),
    stop: async () => telling?.stop(),
  };
}
