import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adit-build-script-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bash(...argv: readonly string[]) {
  const child = Bun.spawn(['bash', ...argv], {
    cwd: folder,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, FAKES: folder },
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

/** Runs shell code with the functions of build.sh at hand. */
function withFunctions(code: string) {
  return bash('-c', `source ${root}build.sh; ${code}`);
}

async function fake(program: string, body: string): Promise<void> {
  const path = join(folder, 'bin', program);
  await Bun.write(path, `#!/usr/bin/env bash\n${body}\n`);
  await chmod(path, 0o755);
}

test.each(['build.sh', '.ci/run'])('%s is sound bash', async (path) => {
  expect(await bash('-n', join(root, path))).toEqual({ out: '', err: '', code: 0 });
});

describe('the command line', () => {
  test('help names every command', async () => {
    const { out, code } = await bash(`${root}build.sh`, 'help');
    expect(code).toBe(0);
    for (const command of ['demo', 'test', 'bench', 'soak', 'setup'])
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  test('an unknown command is exit code 2 with the usage', async () => {
    const { out, err, code } = await bash(`${root}build.sh`, 'deploy');
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err).toContain('no command "deploy"');
    expect(err).toContain('Usage:');
  });
});

describe('steps', () => {
  test('a failing step shows the end of its output and what to do', async () => {
    const { out, code } = await withFunctions(`
      broken() { seq 100; echo "the reason" >&2; return 3; }
      must "a step" "mend it so" broken
      echo "never reached"`);
    expect(code).toBe(1);
    expect(out).toContain('a step                 FAILED');
    expect(out).toContain('    the reason');
    expect(out).not.toContain('    10\n');
    expect(out).toContain('What to do: mend it so');
    expect(out).toEndWith('build.sh stopped at: a step\n');
  });

  test('in a test run even a failed set-up ends with the line of counts', async () => {
    const { out, code } = await withFunctions('command=test; must "a step" "mend it" false');
    expect(code).toBe(1);
    expect(out).toEndWith('\n0 passed, 1 failed\n');
  });

  test('checks are counted, and the last line says so', async () => {
    const { out, code } = await withFunctions(
      'check one x true; check two x false; check three x true; finish',
    );
    expect(code).toBe(1);
    expect(out).toContain('Failed checks: two\n');
    expect(out).toEndWith('\n2 passed, 1 failed\n');
  });
});

describe('Debian packages', () => {
  beforeEach(async () => {
    await rm(join(folder, 'bin'), { recursive: true, force: true });
    await rm(join(folder, 'apt.log'), { force: true });
    await rm(join(folder, 'installed'), { force: true });
    // As dpkg answers: unknown packages on standard error with code 1; removed ones are known, with their settings left.
    await fake(
      'dpkg-query',
      `case "\${@: -1}" in
        chromium) [[ -f $FAKES/installed ]] && echo -n installed || { echo "no packages found" >&2; exit 1; } ;;
        strace) [[ -f $FAKES/installed ]] && echo -n installed || echo -n config-files ;;
        *) echo -n installed ;;
      esac`,
    );
  });

  const apt = (body: string) => fake('apt-get', `echo "$1" >>$FAKES/apt.log\n${body}`);
  const aptCalls = async () => (await readFile(join(folder, 'apt.log'), 'utf8')).trim().split('\n');

  test('missing are the unknown ones and the removed ones', async () => {
    const { out } = await withFunctions('missing_packages nftables strace chromium');
    expect(out).toBe('strace\nchromium\n');
  });

  test('a demo that cannot have its tunnel goes on without it, and says what is missing', async () => {
    await fake('dpkg-query', 'exit 1');
    await apt('exit 100');
    const { out, code } = await withFunctions('is_root() { true; }; tunnel_packages; echo "goes on"');
    expect(out).toContain('What to do: apt-get install wireguard-tools wireguard-go iproute2 nftables');
    expect(out).toEndWith('goes on\n');
    expect(code).toBe(0);
  });

  test('without root a demo installs nothing', async () => {
    await fake('dpkg-query', 'exit 1');
    await apt('exit 0');
    expect((await withFunctions('is_root() { false; }; tunnel_packages')).out).toBe('');
    expect(await Bun.file(join(folder, 'apt.log')).exists()).toBe(false);
  });

  test('lists are fetched only when the first try fails', async () => {
    await apt('[[ $1 == update ]] && touch $FAKES/lists; [[ -f $FAKES/lists ]] && touch $FAKES/installed');
    const { out } = await withFunctions('is_root() { true; }; debian_packages; finish');
    expect(await aptCalls()).toEqual(['install', 'update', 'install']);
    expect(out).toEndWith('1 passed, 0 failed\n');
  });

  test('an installation that leaves one missing is a failure', async () => {
    await apt('exit 0');
    const { out } = await withFunctions('is_root() { true; }; debian_packages; finish');
    expect(out).toContain('still missing: strace chromium');
    expect(out).toContain('What to do: apt-get install strace chromium');
    expect(out).toEndWith('0 passed, 1 failed\n');
  });

  test('without root nothing is installed, and what is missing is said', async () => {
    await apt('exit 0');
    const { out } = await withFunctions('is_root() { false; }; debian_packages; finish');
    expect(out).toContain('Not root, and missing: strace chromium.');
    expect(await Bun.file(join(folder, 'apt.log')).exists()).toBe(false);
  });

  test('with everything there nothing is done or said', async () => {
    await Bun.write(join(folder, 'installed'), '');
    const { out } = await withFunctions('is_root() { true; }; debian_packages; finish');
    expect(out).toBe('0 passed, 0 failed\n');
  });
});
