import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
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
    clock: systemClock,
    random: systemRandom,
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
