import { createHttpRequester } from '../../src/server/adapters/http-client/http-requester.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../src/server/adapters/system/random.ts';
import { createSimulator, type SimulatorOptions } from '../../src/server/simulator/simulator.ts';
import { createDoorKit } from './door-kit.ts';

export const TOKEN = '4242:SIMULATED-TOKEN_for-tests';

/** A parsed answer of the Bot API. */
export interface ApiAnswer {
  readonly status: number;
  readonly ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: results are of any shape; tests look at a field or two
  readonly result: any;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after: number };
}

/** A running simulator on a free port, with a bare way to call its API. Stop it with `await using`. */
export async function startSimulator(options: Partial<SimulatorOptions> = {}) {
  const requester = createHttpRequester({ ...createDoorKit({ threshold: 1_000_000 }) });
  const simulator = createSimulator({
    clock: systemClock,
    random: systemRandom,
    botToken: TOKEN,
    host: '127.0.0.1',
    port: 0,
    limits: 'off',
    request: requester,
    ...options,
  });
  const address = await simulator.start();
  const call = async (method: string, params: Record<string, unknown> = {}): Promise<ApiAnswer> => {
    const response = await fetch(`${address.apiRoot}/bot${TOKEN}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });
    return { status: response.status, ...((await response.json()) as Omit<ApiAnswer, 'status'>) };
  };
  return {
    ...address,
    simulator,
    control: simulator.control,
    call,
    /** A user who already wrote to the bot, so that the bot may write to them. */
    newUser(firstName = 'Ann', languageCode = 'en') {
      const user = simulator.control.createUser({ firstName, languageCode });
      simulator.control.sendText(user.id, '/start');
      return user.id;
    },
    [Symbol.asyncDispose]: () => simulator.stop(),
  };
}

/** The smallest PNG header Telegram's checks look at, with the given size in it; the rest is filling. */
export function pngOf(width: number, height: number, bytes = 100): Uint8Array<ArrayBuffer> {
  const png = new Uint8Array(Math.max(bytes, 33));
  png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(png.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return png;
}
