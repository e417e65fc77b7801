/** Reads argv and environment once, picks a verb; nothing else. */

import { createAdmin } from './app/admin.ts';
import { demo } from './app/demo.ts';
import { doctor } from './app/doctor.ts';
import { migrateOnce } from './app/migrate-once.ts';
import { reconcileOnce } from './app/reconcile-once.ts';
import { type Outside, serve } from './app/serve.ts';
import { renderConfig } from './app/show-config.ts';
import { simulate } from './app/simulate.ts';
import { status } from './app/status.ts';
import { xrayApi } from './app/xray-api.ts';
import { type Config, parseConfig, type Surroundings } from './config.ts';
import { type CliHandlers, createCli } from './entry/cli/cli.ts';
import type { ExitCode } from './entry/cli/exit-code.ts';
import { wantsColours } from './entry/cli/render-report.ts';
import { programVersion } from './version.ts';

const environment = process.env;
const out = (text: string) => void process.stdout.write(text);
const err = (text: string) => void process.stderr.write(text);

const outside: Outside = {
  onTerminal: process.stdout.isTTY === true,
  path: environment.PATH,
  watchdogProgram: new URL('./adapters/system/watchdog/worker.ts', import.meta.url),
  supervisor: {
    socket: environment.NOTIFY_SOCKET,
    watchdogUsec: environment.WATCHDOG_USEC,
    watchdogPid: environment.WATCHDOG_PID,
  },
  err,
  onStopSignal: (listener) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, listener);
  },
  onUncaught: (listener) => {
    process.on('unhandledRejection', (error) => listener(error, 'lone'));
    process.on('uncaughtException', (error) => listener(error, 'thrown'));
  },
  exit: (code) => process.exit(code),
};

/** Every problem at once, then exit code 2. */
async function configured(
  use: (config: Config) => Promise<ExitCode>,
  purpose: Pick<Surroundings, 'withoutInterface' | 'asXrayApi'> = {},
): Promise<ExitCode> {
  const asService = environment.INVOCATION_ID !== undefined;
  const parsed = parseConfig(environment, { asService, cwd: process.cwd(), ...purpose });
  if (parsed.ok) return use(parsed.ok);
  for (const problem of parsed.problems) err(`adit: ${problem}\n`);
  err('adit: `adit config` describes every variable\n');
  return 2;
}

const paint = { colours: wantsColours(outside.onTerminal, environment.NO_COLOR) };

const handlers: CliHandlers = {
  serve: () => configured((config) => serve(config, outside)),
  demo: (options) => demo({ ...options, environment, cwd: process.cwd(), out }, outside),
  migrate: () => configured((config) => migrateOnce(config, outside, out), { withoutInterface: true }),
  doctor: ({ json }) => configured((config) => doctor(config, outside, { json, out, ...paint })),
  status: ({ json }) =>
    configured((config) => status(config, outside, { json, out, ...paint }), { withoutInterface: true }),
  reconcile: (options) => configured((config) => reconcileOnce(config, outside, { ...options, out })),
  createAdmin: (options) =>
    configured((config) =>
      createAdmin(config, outside, { ...options, out, readStdin: () => Bun.stdin.text() }),
    ),
  xrayApi: () => configured((config) => xrayApi(config, outside), { asXrayApi: true }),
  showConfig: async () => {
    out(renderConfig(environment));
    return 0;
  },
  simulator: (options) => simulate({ ...options, environment, out }, outside),
};

const cli = createCli({ version: programVersion, handlers, out, err });
process.exitCode = await cli.run(Bun.argv.slice(2));
// Whatever still holds the event loop, the verb is done.
process.exit();
