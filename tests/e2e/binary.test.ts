import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const binary = join(root, 'dist/adit');

let elsewhere: string;
beforeAll(async () => {
  elsewhere = await mkdtemp(join(tmpdir(), 'adit-binary-'));
});
afterAll(() => rm(elsewhere, { recursive: true, force: true }));

async function adit(...argv: readonly string[]) {
  const child = Bun.spawn([binary, ...argv], {
    cwd: elsewhere,
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

test('says its version and commit, from another folder and with no environment', async () => {
  const { version } = await Bun.file(join(root, 'package.json')).json();
  const { out, code } = await adit('version');
  expect(out).toMatch(new RegExp(`^adit ${version} \\(([0-9a-f]{12}(-changed)?|unknown)\\)\\n$`));
  expect(code).toBe(0);
});

test('runs no bunfig of the folder it stands in', async () => {
  await Bun.write(join(elsewhere, 'bunfig.toml'), 'preload = ["./preload.ts"]\n');
  await Bun.write(join(elsewhere, 'preload.ts'), "console.log('preloaded');");
  const { out, err, code } = await adit('version');
  expect({ out: out.startsWith('adit '), err, code }).toEqual({ out: true, err: '', code: 0 });
});

test('wrong usage is exit code 2, with a suggestion', async () => {
  const { err, code } = await adit('sevre');
  expect(code).toBe(2);
  expect(err).toContain('Did you mean serve?');
});

test('F-S22 holds no path of the machine that built it, so that two clones make the same file', async () => {
  const bytes = Buffer.from(await Bun.file(binary).arrayBuffer());
  expect(bytes.indexOf(join(root, 'node_modules'))).toBe(-1);
  expect(bytes.indexOf(join(root, 'src'))).toBe(-1);
});
