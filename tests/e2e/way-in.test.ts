import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeAt } from '../../src/server/adapters/credentials/one-time-codes.ts';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, BINARY, createAditRig } from '../support/adit-rig.ts';
import { createVisitor, type TestVisitor } from '../support/visitor.ts';

setDefaultTimeout(60_000);

const PASSWORD = 'four words of nonsense';

/** The compiled binary with its own bundled PostgreSQL, as somebody meets it who just downloaded it. */
let rig: AditRig;
let adit: AditProcess;
let base: string;

async function start(): Promise<void> {
  adit = await rig.start();
  base = `http://localhost:${adit.lines().find((line) => line.msg === 'listening')!.port}`;
}

beforeAll(async () => {
  rig = await createAditRig({ tunnel: 'memory', ownDatabase: false });
  // As root the bundled server runs as somebody else, who must get to it.
  await chmod(dirname(rig.stateDir), 0o711);
  await start();
});
afterAll(() => rig[Symbol.asyncDispose]());

const linkIn = (text: string) => /\/setup\?token=([\w-]{43})/.exec(text)![1]!;
const keyIn = (text: string) => /\b[A-Z2-7]{32}\b/.exec(text)![0];
const stepNow = () => Math.floor(Date.now() / 30_000);

async function run(argv: readonly string[], input = '') {
  const child = Bun.spawn([BINARY, ...argv], {
    cwd: rig.cwd,
    env: { ...rig.env },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { out, err, code: await child.exited };
}

async function useLink(token: string, fields: Readonly<Record<string, string>> = {}): Promise<TestVisitor> {
  const visitor = createVisitor({ base });
  await visitor.get(`/setup?token=${token}`);
  const reply = await visitor.post('/setup', { token, password: PASSWORD, again: PASSWORD, ...fields });
  expect(reply.location).toBe('/totp');
  return visitor;
}

describe('the way in of the compiled binary', () => {
  let key: string;

  test('F-S19 nobody gets in before the setup; the link stands in the log and nowhere else', async () => {
    const stranger = createVisitor({ base });
    for (const path of ['/login', '/sessions', '/operators']) {
      expect((await stranger.get(path)).status).toBe(503);
    }
    expect((await stranger.get('/setup')).status).toBe(410);
    const links = adit.lines().filter((line) => JSON.stringify(line).includes('/setup?token='));
    expect(links).toHaveLength(1);
  });

  test('setup, second factor, login, logout, refused', async () => {
    const owner = await useLink(linkIn(adit.output()), { name: 'anna' });
    key = keyIn((await owner.get('/totp')).body);
    const step = stepNow();
    expect((await owner.post('/totp', { code: codeAt(key, step) })).status).toBe(200);
    await owner.submit('/logout', {}, '/sessions');
    expect((await owner.get('/sessions')).location).toBe('/login?next=%2Fsessions');

    await owner.submit('/login', { name: 'anna', password: PASSWORD, next: '/operators' });
    await owner.get('/login/totp');
    const replay = await owner.post('/login/totp', { code: codeAt(key, step), next: '/operators' });
    expect(replay.status).toBe(401);
    const reply = await owner.post('/login/totp', { code: codeAt(key, step + 1), next: '/operators' });
    expect(reply.location).toBe('/operators');
    expect((await owner.get('/operators')).status).toBe(200);
    const kept = new Map(owner.cookies);
    await owner.submit('/logout', {}, '/sessions');
    for (const [name, value] of kept) owner.cookies.set(name, value);
    expect((await owner.get('/operators')).status).toBe(303);
  });

  test('no secret of it stands in the log', async () => {
    for (const secret of [PASSWORD, key]) expect(adit.output()).not.toContain(secret);
  });

  test('its files are served from the binary', async () => {
    const visitor = createVisitor({ base });
    for (const name of ['dashboard.css', 'dashboard.js', 'icon.svg']) {
      const { status, body } = await visitor.get(`/assets/${name}`);
      expect([name, status, body.length > 50]).toEqual([name, 200, true]);
    }
  });

  test('`adit admin create` makes a link beside the running program', async () => {
    const { out, err, code } = await run(['admin', 'create', 'Bea', '--role', 'viewer']);
    expect([code, err]).toEqual([0, '']);
    const bea = await useLink(linkIn(out));
    expect((await bea.get('/sessions')).status).toBe(200);
    expect((await bea.get('/operators')).status).toBe(403);
  });

  test('… or takes a password, and is the way back in for who lost the telephone', async () => {
    const next = 'quite another password';
    const { code, out } = await run(['admin', 'create', 'anna', '--password-stdin'], `${next}\n`);
    expect([code, out]).toEqual([0, 'anna can log in (owner)\n']);
    const anna = createVisitor({ base });
    expect((await anna.submit('/login', { name: 'anna', password: next })).location).toBe('/');
    expect((await anna.get('/operators')).status).toBe(200);
  });

  test.each([
    [['admin', 'create'], 2],
    [['admin', 'create', 'x', '--role', 'god'], 2],
    [['admin', 'create', 'Robert"); drop'], 1],
    [['admin', 'create', 'x', '--password-stdin'], 1],
  ])('%p is refused', async (argv, code) => {
    expect((await run(argv, 'short\n')).code).toBe(code);
  });

  test('sessions outlive a restart, and no other link is made', async () => {
    const visitor = createVisitor({ base });
    await visitor.submit('/login', { name: 'bea', password: PASSWORD });
    await adit.kill('SIGTERM');
    await start();
    const again = createVisitor({ base });
    for (const [name, value] of visitor.cookies) again.cookies.set(name, value);
    expect((await again.get('/sessions')).status).toBe(200);
    expect(adit.output()).not.toContain('/setup?token=');
  });
});
