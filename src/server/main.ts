/** Reads argv and environment once, picks a verb; nothing else. */
import { AppError } from './core/errors.ts';
import { type CliHandlers, createCli } from './entry/cli/cli.ts';
import { programVersion } from './version.ts';

async function notBuilt(): Promise<never> {
  throw new AppError('unavailable', 'this verb is not built yet');
}

const handlers: CliHandlers = {
  serve: notBuilt,
  demo: notBuilt,
  migrate: notBuilt,
  doctor: notBuilt,
  status: notBuilt,
  simulator: notBuilt,
};

const cli = createCli({
  version: programVersion,
  handlers,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
process.exitCode = await cli.run(Bun.argv.slice(2));
