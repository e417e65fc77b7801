import { createHttpRequester } from '../adapters/http-client/http-requester.ts';
import { createLog } from '../adapters/log/log.ts';
import { createMetrics } from '../adapters/metrics/metrics.ts';
import { createBreakers } from '../adapters/resilience/breakers.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import { systemRandom as random } from '../adapters/system/random.ts';
import type { HttpRequester } from '../core/ports/http-requester.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { createSimulator } from '../simulator/simulator.ts';
import type { Outside } from './serve.ts';

export interface SimulateOptions {
  readonly port: number | undefined;
  /** BOT_TOKEN: the one token it knows. Default: a made-up one, printed. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
}

const DEFAULT_TOKEN = '1000000001:adit-simulator-token-0000000000000';

/** `adit simulator`: the built-in Telegram alone, for a bot that runs elsewhere and for load. */
export async function simulate(options: SimulateOptions, outside: Outside): Promise<ExitCode> {
  const botToken = options.environment.BOT_TOKEN ?? DEFAULT_TOKEN;
  const limits = options.environment.SIMULATOR_LIMITS === 'off' ? 'off' : 'documented';
  const simulator = createSimulator({
    clock,
    random,
    request: webhookRequester(),
    botToken,
    host: '127.0.0.1',
    port: options.port ?? 0,
    limits,
  });
  const stopped = new Promise<void>((resolve) => outside.onStopSignal(resolve));
  const { apiRoot, chatUrl } = await simulator.start();
  const token = options.environment.BOT_TOKEN ? 'as in BOT_TOKEN' : botToken;
  options.out(`TELEGRAM_API_ROOT=${apiRoot}\nchat page ${chatUrl}\ntoken ${token}\n`);
  await stopped;
  await simulator.stop();
  return 0;
}

/** Webhooks fail as long as the bot under test does; Telegram never gives up on one, so no breaker opens. */
function webhookRequester(): HttpRequester {
  const log = createLog({ level: 'error', format: 'json', secrets: [] });
  const metrics = createMetrics({ clock });
  const breakers = createBreakers({ clock, metrics, log, threshold: Number.MAX_SAFE_INTEGER });
  // Deadlines are the simulator's own: it plays Telegram, and is no part of what serves.
  const book = { deadlineMs: () => 60_000 };
  return createHttpRequester({ clock, random, metrics, breakers, log, book });
}
