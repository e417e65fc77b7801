import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { toAppError } from '../../core/errors.ts';
import { isRole, ROLES, type Role } from '../../core/operators.ts';
import type { ExitCode } from './exit-code.ts';

/** What each verb does; injected, so that the command line knows nothing of the rest. */
export interface CliHandlers {
  /** Resolves when the program was asked to stop and has stopped. */
  serve(): Promise<ExitCode>;
  demo(options: PortOption): Promise<ExitCode>;
  migrate(): Promise<ExitCode>;
  doctor(options: JsonOption): Promise<ExitCode>;
  status(options: JsonOption): Promise<ExitCode>;
  reconcile(options: ReconcileOption): Promise<ExitCode>;
  createAdmin(options: AdminOption): Promise<ExitCode>;
  xrayApi(): Promise<ExitCode>;
  showConfig(): Promise<ExitCode>;
  simulator(options: PortOption): Promise<ExitCode>;
}

export interface AdminOption {
  readonly name: string;
  readonly role: Role;
  readonly passwordFromStdin: boolean;
}

export interface ReconcileOption extends JsonOption {
  readonly dryRun: boolean;
  /** Undefined: the WireGuard interface of this machine. */
  readonly node: string | undefined;
}

export interface JsonOption {
  readonly json: boolean;
}

export interface PortOption {
  /** Undefined: the handler's own default. */
  readonly port: number | undefined;
}

export interface CliDeps {
  readonly version: { readonly version: string; readonly commit: string };
  readonly handlers: CliHandlers;
  /** Standard output and standard error; whole lines, with their line ends. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface Cli {
  /** `argv` without program and script. Never throws: a failing handler is told on `err` and is exit code 1. */
  run(argv: readonly string[]): Promise<ExitCode>;
}

const HELP_END = `
Examples:
  adit demo      try everything here, without a bot token, root or a database
  adit doctor    look at what adit serve needs, and say what to do
  BOT_TOKEN=… WG_ENDPOINT=vpn.example.com:51820 adit serve

Configuration comes from environment variables; adit config describes each.
Exit codes: 0 well, 1 failed, 2 wrong usage or configuration,
3 drift (reconcile).`;

const XRAY_API_HELP = `
Runs beside an Xray and needs no database, bot or interface. Users survive a
restart of Xray.
  XRAY_GRPC_ADDRESS  the API inbound of the Xray, such as 127.0.0.1:10085
  XRAY_API_KEY       at least 32 characters; the other Adit has the same
  XRAY_INBOUND_TAG, XRAY_GRPC_PACKAGE, HTTP_HOST, HTTP_PORT, STATE_DIR,
  METRICS_TOKEN, LOG_LEVEL
docs/xray-api.md describes what it answers.`;

export function createCli(deps: CliDeps): Cli {
  return {
    async run(argv) {
      let answer: ExitCode = 0;
      const program = buildProgram(deps, (code) => {
        answer = code;
      });
      try {
        await program.parseAsync([...argv], { from: 'user' });
        return answer;
      } catch (error) {
        return explain(error, deps.err);
      }
    },
  };
}

function buildProgram(deps: CliDeps, settle: (code: ExitCode) => void): Command {
  const { handlers, out } = deps;
  const versionLine = `adit ${deps.version.version} (${deps.version.commit})`;
  const program = bareProgram(deps, versionLine);
  const verb = (name: string, summary: string, hidden = false) =>
    program.command(name, { hidden }).description(summary).allowExcessArguments(false);

  verb('serve', 'run bot, dashboard and tunnels until told to stop').action(async () => {
    settle(await handlers.serve());
  });
  withPort(verb('demo', 'try all of it here, with a built-in Telegram')).action(async (options) => {
    settle(await handlers.demo({ port: options.port }));
  });
  verb('migrate', 'bring the database to the newest schema; safe to repeat').action(async () => {
    settle(await handlers.migrate());
  });
  withJson(verb('doctor', 'check what serving needs; changes nothing')).action(async (options) => {
    settle(await handlers.doctor({ json: options.json === true }));
  });
  withJson(verb('status', 'show how the running program is')).action(async (options) => {
    settle(await handlers.status({ json: options.json === true }));
  });
  withReconcile(verb('reconcile', 'compare a node with the database now'), handlers, settle);
  withAdmin(program, handlers, settle);
  withXrayApi(verb('xray-api', 'let an Adit elsewhere manage the users of this Xray')).action(async () => {
    settle(await handlers.xrayApi());
  });
  verb('config', 'describe every variable, and show what is set').action(async () => {
    settle(await handlers.showConfig());
  });
  verb('version', 'say which version this is').action(() => out(`${versionLine}\n`));
  withPort(verb('simulator', 'run the Telegram simulator alone', true)).action(async (options) => {
    settle(await handlers.simulator({ port: options.port }));
  });
  return program;
}

/** The verbs take over these settings when they are added. */
function bareProgram({ out, err }: CliDeps, versionLine: string): Command {
  return new Command('adit')
    .description('The way into a tunnel: a Telegram bot, WireGuard and a dashboard in one binary.')
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .showHelpAfterError('Run "adit --help" to see what there is.')
    .version(versionLine, '-V, --version', 'say which version this is')
    .helpOption('-h, --help', 'show this, or the help of a verb')
    .helpCommand('help [verb]', 'show the help of a verb')
    .addHelpText('after', HELP_END);
}

function withAdmin(program: Command, handlers: CliHandlers, settle: (code: ExitCode) => void): void {
  const admin = program.command('admin').description('who may log in to the dashboard');
  admin
    .command('create <name>')
    .description('let somebody in: prints a link to set a password with, good once and for an hour')
    .option('--role <role>', `one of ${ROLES.join(', ')}`, parseRole, 'owner')
    .option('--password-stdin', 'read the password from standard input, and print no link')
    .allowExcessArguments(false)
    .action(async (name: string, options: { readonly role: Role; readonly passwordStdin?: true }) => {
      const passwordFromStdin = options.passwordStdin === true;
      settle(await handlers.createAdmin({ name, role: options.role, passwordFromStdin }));
    });
}

function withXrayApi(command: Command) {
  return command.addHelpText('after', XRAY_API_HELP);
}
const RECONCILE_HELP = `
Without --dry-run the running Adit is asked to compare, and the outcome is
printed. With it nothing is changed: node and database are read, and what would
be done is printed.
Exit codes: 0 equal (or made equal), 3 drift (a dry run found differences, or
removals are held up for an operator), 1 failed, 2 wrong usage or configuration.`;

function withReconcile(command: Command, handlers: CliHandlers, settle: (code: ExitCode) => void): void {
  withJson(command)
    .option('--dry-run', 'change nothing, only say what would be done')
    .option('--node <node>', 'the node (default: the WireGuard interface of this machine)')
    .addHelpText('after', RECONCILE_HELP)
    .action(async (options: { json?: true; dryRun?: true; node?: string }) => {
      const { node } = options;
      settle(
        await handlers.reconcile({ json: options.json === true, dryRun: options.dryRun === true, node }),
      );
    });
}

function parseRole(text: string): Role {
  if (isRole(text)) return text;
  throw new InvalidArgumentError(`A role is one of ${ROLES.join(', ')}.`);
}

function withJson(command: Command) {
  return command.option('--json', 'as JSON, for programs');
}

function withPort(command: Command) {
  return command.option('--port <number>', 'listen at this port (0: any free one)', parsePort);
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}

/** commander has said itself what is wrong with the words; everything else is said here. */
function explain(error: unknown, err: (text: string) => void): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  err(`adit: ${toAppError(error).message}\n`);
  return 1;
}
