import { describe, expect, test } from 'bun:test';
import { AppError } from '../../../../src/server/core/errors.ts';
import { type CliHandlers, createCli } from '../../../../src/server/entry/cli/cli.ts';
import type { ExitCode } from '../../../../src/server/entry/cli/exit-code.ts';

interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
  readonly calls: readonly (readonly [verb: string, options: unknown])[];
}

/** Runs one command line; `answer` is what every verb does. */
async function run(
  argv: readonly string[],
  answer: () => Promise<ExitCode> = async () => 0,
): Promise<Outcome> {
  let out = '';
  let err = '';
  const calls: [string, unknown][] = [];
  const verb = (name: string) => (options?: unknown) => {
    calls.push([name, options]);
    return answer();
  };
  const names = [
    'serve',
    'demo',
    'migrate',
    'doctor',
    'status',
    'reconcile',
    'createAdmin',
    'showConfig',
    'simulator',
    'xrayApi',
  ] as const;
  const handlers = Object.fromEntries(names.map((name) => [name, verb(name)])) as unknown as CliHandlers;
  const cli = createCli({
    version: { version: '1.2.3', commit: 'abcdef012345' },
    handlers,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  const code = await cli.run(argv);
  return { code, out, err, calls };
}

describe('verbs', () => {
  const lines: readonly (readonly [argv: string, verb: string, options: unknown])[] = [
    ['serve', 'serve', undefined],
    ['migrate', 'migrate', undefined],
    ['demo', 'demo', { port: undefined }],
    ['demo --port 9000', 'demo', { port: 9000 }],
    ['doctor', 'doctor', { json: false }],
    ['doctor --json', 'doctor', { json: true }],
    ['status --json', 'status', { json: true }],
    ['simulator --port 0', 'simulator', { port: 0 }],
    ['xray-api', 'xrayApi', undefined],
    ['reconcile', 'reconcile', { json: false, dryRun: false, node: undefined }],
    ['reconcile --dry-run --json --node berlin', 'reconcile', { json: true, dryRun: true, node: 'berlin' }],
    ['admin create anna', 'createAdmin', { name: 'anna', role: 'owner', passwordFromStdin: false }],
    [
      'admin create anna --role viewer --password-stdin',
      'createAdmin',
      { name: 'anna', role: 'viewer', passwordFromStdin: true },
    ],
  ];
  test.each(lines)('adit %s', async (argv, verb, options) => {
    const outcome = await run(argv.split(' '));
    expect(outcome.calls).toEqual([[verb, options]]);
    expect(outcome.code).toBe(0);
    expect(outcome.err).toBe('');
  });

  test.each([0, 1, 2] as const)('the exit code is the one of the verb: %d', async (code) => {
    expect((await run(['serve'], async () => code)).code).toBe(code);
  });

  test.each([['version'], ['--version'], ['-V']])('adit %s', async (word) => {
    const outcome = await run([word]);
    expect(outcome.out).toBe('adit 1.2.3 (abcdef012345)\n');
    expect(outcome.code).toBe(0);
  });
});

describe('wrong usage is exit code 2, and nothing runs', () => {
  const wrong: readonly (readonly [argv: readonly string[], says: string])[] = [
    [['serv'], 'Did you mean serve?'],
    [['--verbose'], "unknown option '--verbose'"],
    [['doctor', '--jsn'], 'Did you mean --json?'],
    [['serve', '--json'], "unknown option '--json'"],
    [['serve', 'now'], 'too many arguments'],
    [['demo', '--port', '70000'], 'from 0 to 65535'],
    [['demo', '--port', '-1'], 'port'],
    [['demo', '--port'], 'argument missing'],
    [['admin', 'create'], "missing required argument 'name'"],
    [['admin', 'create', 'a', 'b'], 'too many arguments'],
    [['admin', 'create', 'a', '--role', 'god'], 'viewer, operator, owner'],
    [['admin', 'delete', 'a'], "unknown command 'delete'"],
    [[], 'Usage: adit'],
  ];
  test.each(wrong)('adit %p', async (argv, says) => {
    const outcome = await run(argv);
    expect(outcome.code).toBe(2);
    expect(outcome.err).toContain(says);
    expect(outcome.out).toBe('');
    expect(outcome.calls).toEqual([]);
  });
});

describe('help', () => {
  test('names every verb but the hidden one, examples, and where the configuration is described', async () => {
    const { out, code } = await run(['--help']);
    expect(code).toBe(0);
    for (const verb of [
      'serve',
      'demo',
      'migrate',
      'doctor',
      'status',
      'admin',
      'xray-api',
      'config',
      'version',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${verb} `, 'm'));
    }
    expect(out).not.toContain('simulator');
    expect(out).toContain('adit config describes each');
    expect(out).toContain('Exit codes');
  });

  test('fits a terminal of 80 columns, a line a verb', async () => {
    const { out } = await run(['--help']);
    const commands = out.slice(out.indexOf('Commands:'), out.indexOf('Examples:')).trim().split('\n');
    expect(commands).toHaveLength(1 + 11);
  });

  test('a verb has its own', async () => {
    expect((await run(['doctor', '--help'])).out).toContain('--json');
    expect((await run(['help', 'doctor'])).out).toContain('--json');
  });
});

describe('a verb that fails', () => {
  test('is exit code 1 with its sentence, without a stack', async () => {
    const outcome = await run(['migrate'], async () => {
      throw new AppError('unavailable', 'PostgreSQL does not answer at db:5432; is it running?');
    });
    expect(outcome.code).toBe(1);
    expect(outcome.err).toBe('adit: PostgreSQL does not answer at db:5432; is it running?\n');
  });

  test('even when it throws something that is no error', async () => {
    const outcome = await run(['migrate'], () => Promise.reject('odd'));
    expect(outcome).toMatchObject({ code: 1, err: 'adit: odd\n' });
  });
});
