import { createHttpRequester } from '../adapters/http-client/http-requester.ts';
import { createLogHistory } from '../adapters/log/history.ts';
import { createLog } from '../adapters/log/log.ts';
import { createMetrics } from '../adapters/metrics/metrics.ts';
import { createProcessRunner } from '../adapters/process/process-runner.ts';
import { createBreakers } from '../adapters/resilience/breakers.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
import { type Board, createBoard } from '../adapters/system/watchdog/board.ts';
import type { Config } from '../config.ts';
import type { CallBook } from '../core/call-rules.ts';
import { type CallStatistics, createCallStatistics } from '../core/call-statistics.ts';
import type { Activity } from '../core/ports/activity.ts';
import type { Breakers } from '../core/ports/breaker.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { HttpRequester } from '../core/ports/http-requester.ts';
import type { Log } from '../core/ports/log.ts';
import type { LogHistory } from '../core/ports/log-history.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import type { ProcessRunner } from '../core/ports/process-runner.ts';
import { countCalls } from '../services/count-calls.ts';
import { callBook } from './call-rules.ts';

/** What everything else is built from: time, chance, words for the operator, and the two doors to the outside. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What it said in the last hour. */
  readonly logs: LogHistory;
  readonly metrics: Metrics;
  /** The calls and updates of the last minutes. */
  readonly calls: CallStatistics;
  readonly breakers: Breakers;
  /** What may be asked of the outside, and for how long. */
  readonly book: CallBook;
  readonly runner: ProcessRunner;
  readonly requester: HttpRequester;
  /** What began last, for the watchdog. */
  readonly activity: Activity;
  readonly board: Board;
}

export interface Surroundings {
  readonly onTerminal: boolean;
  /** PATH for children. */
  readonly path: string | undefined;
}

export function createWorld(config: Config, { onTerminal, path }: Surroundings): World {
  const clock = systemClock;
  const random = systemRandom;
  const { format, level } = config.log;
  const logs = createLogHistory();
  const log = createLog({
    tap: logs.take,
    level,
    format: format === 'auto' ? (onTerminal ? 'pretty' : 'json') : format,
    secrets: secretsOf(config),
  });
  const calls = createCallStatistics();
  const metrics = countCalls(createMetrics({ clock }), calls, clock);
  const breakers = createBreakers({ clock, metrics, log });
  const book = callBook(config);
  const baseEnv = path === undefined ? undefined : { PATH: path, LANG: 'C.UTF-8' };
  const board = createBoard();
  const doors = tellingDoors(board, {
    runner: createProcessRunner({ clock, metrics, breakers, log, book, baseEnv }),
    requester: createHttpRequester({ clock, random, metrics, breakers, log, book }),
  });
  return { clock, random, log, logs, metrics, calls, breakers, book, ...doors, activity: board, board };
}

/** The same doors; what goes out through them is noted for the watchdog. */
function tellingDoors(
  activity: Activity,
  { runner, requester }: Pick<World, 'runner' | 'requester'>,
): Pick<World, 'runner' | 'requester'> {
  return {
    runner: {
      ...runner,
      run(request) {
        activity.began('process', request.name ?? 'other');
        return runner.run(request);
      },
    },
    requester: {
      ...requester,
      request(request) {
        activity.began('call', request.name);
        return requester.request(request);
      },
    },
  };
}

/** Values that are replaced wherever they turn up in a line. */
function secretsOf(config: Config): readonly string[] {
  const { database, telegram, http, xray } = config;
  const webhook = telegram?.updates.kind === 'webhook' ? telegram.updates.secret : null;
  return [database.url, telegram?.token, webhook, http.metricsToken, xray.apiKey].flatMap((secret) =>
    secret ? [secret.reveal()] : [],
  );
}
