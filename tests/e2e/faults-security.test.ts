// needs root
/** Hostile names, careless files and curious neighbours, against the compiled binary. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseServerConfig } from '../../src/server/core/server-config.ts';
import { type AditProcess, startAdit } from '../support/adit-process.ts';
import { type AditRig, BINARY, createAditRig } from '../support/adit-rig.ts';
import { here } from '../support/place.ts';
import { expectWhole } from '../support/whole-invariants.ts';

const METRICS_TOKEN = 'metrics-token-0123456789';

describe('a running binary', () => {
  let rig: AditRig;
  let adit: AditProcess;
  beforeAll(async () => {
    rig = await createAditRig({ tunnel: 'memory', env: { METRICS_TOKEN, HTTP_HOST: '0.0.0.0' } });
    adit = await rig.start();
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test('F-S1: hostile names of people and devices: wg0.conf knows nothing of them, and no file appears', async () => {
    const pwned = join(rig.cwd, 'pwned');
    const names = [
      `A\n[Peer]\nPublicKey = ${'A'.repeat(43)}=\nAllowedIPs = 0.0.0.0/0`,
      `B\r\nPostUp = touch ${pwned}`,
      `$(touch ${pwned}) \`touch ${pwned}\` ; touch ${pwned} #`,
      `"'\\u2028\u2028\u2029\u0000\u202e<script>`,
    ];
    const users = names.map((_, index) => 600 + index);
    for (const [index, name] of names.entries()) {
      await rig.control.newUser(users[index]!, 'en', name);
      await rig.control.say(users[index]!, '/trial');
      await rig.control.awaitMessage(users[index]!, { has: 'photo' });
    }
    await expectWhole(rig, { adit, users });
    const before = await rig.wgConf();
    expect(before).not.toMatch(/PostUp = touch|pwned|script|0\.0\.0\.0\/0/);
    expect(parseServerConfig(before).peers).toHaveLength(names.length);
    for (const [index, name] of names.entries()) await giveName(users[index]!, name);
    await expectWhole(rig, { adit, users });
    expect(await rig.wgConf()).toBe(before);
    expect(await readdir(rig.cwd)).toEqual([]);
    for (const user of users) expect(await rig.control.config(user)).not.toMatch(/pwned|PostUp|script/);
  }, 40_000);

  async function giveName(user: number, name: string): Promise<void> {
    await rig.control.say(user, '/devices');
    await rig.control.press(user, 'Device 1');
    await rig.control.press(user, 'Rename');
    const asked = await rig.control.awaitMessage(user, { from: 'bot', contains: 'be called' });
    await rig.control.say(user, name);
    const answered = {
      from: 'bot',
      afterMessageId: asked.message_id,
      matches: 'Renamed|will not do',
    } as const;
    await rig.control.awaitMessage(user, answered);
  }

  const HEADERS: Readonly<Record<string, RegExp>> = {
    'content-security-policy': /default-src 'none'(?!.*unsafe)/,
    'x-content-type-options': /^nosniff$/,
    // With no-referrer a browser sends `Origin: null`, and a form could not prove where it comes from.
    'referrer-policy': /^same-origin$/,
    'cross-origin-opener-policy': /same-origin/,
    'strict-transport-security': /max-age/,
    'cache-control': /no-store/,
  };
  test.each([
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/metrics'],
    ['GET', '/no-such-page'],
    ['POST', '/healthz'],
    ['DELETE', '/telegram/hook'],
    ['GET', '/%00/..%2f..%2fetc/passwd'],
    ['OPTIONS', '/'],
  ])('F-S11: %s %s carries every header that protects', async (method, path) => {
    const answer = await here.http(portOf(adit), path, { method });
    const seen = Object.fromEntries(
      Object.keys(HEADERS).map((name) => [name, answer.headers.get(name) ?? '']),
    );
    for (const [name, pattern] of Object.entries(HEADERS)) expect(seen[name], name).toMatch(pattern);
    expect(answer.headers.get('server')).toBeNull();
    expect(answer.status).toBeLessThan(500);
  });

  test('metrics are for this machine, or for the token; a proxy on this machine is not this machine', async () => {
    const ask = async (host: string, headers: Record<string, string> = {}) =>
      (await fetch(`http://${host}:${portOf(adit)}/metrics`, { headers })).status;
    const outside = addressOfThisMachine();
    expect(await ask('127.0.0.1')).toBe(200);
    expect(await ask('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(403);
    expect(await ask('127.0.0.1', { authorization: 'Bearer wrong' })).toBe(403);
    expect(await ask(outside)).toBe(403);
    expect(await ask(outside, { 'x-forwarded-for': '127.0.0.1' })).toBe(403);
    expect(await ask(outside, { authorization: `Bearer ${METRICS_TOKEN.slice(0, -1)}` })).toBe(403);
    expect(await ask(outside, { authorization: `Bearer ${METRICS_TOKEN}` })).toBe(200);
    expect((await fetch(`http://${outside}:${portOf(adit)}/healthz`)).status).toBe(200);
  });

  test('F-S17: whatever the program made is for its user alone', async () => {
    expect(await modeOf(rig.stateDir)).toBe('700');
    const names = await readdir(rig.stateDir);
    const keys = ['second-factor.key', 'wg-private.key'];
    expect(names.sort()).toEqual(['adit.lock', ...keys, 'wg0.conf', 'wg0.conf.lock']);
    for (const name of names) expect([name, await modeOf(join(rig.stateDir, name))]).toEqual([name, '600']);
  });
});

describe('F-S17: a start is refused with exit code 1 and a sentence that says what to do', () => {
  let rig: AditRig;
  let folder: string;
  beforeAll(async () => {
    rig = await createAditRig({ tunnel: 'memory' });
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'adit-state-')), 'state');
    await mkdir(folder, { mode: 0o700 });
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

  const STRANGER = 12_345;
  const key = () => join(folder, 'wg-private.key');
  const conf = () => join(folder, 'wg0.conf');
  const A_KEY = `${'A'.repeat(42)}E=\n`;

  const CARELESS: readonly [string, () => Promise<unknown>, RegExp][] = [
    ['STATE_DIR open to all', () => chmod(folder, 0o777), /can be written to by others: chmod 700/],
    ['STATE_DIR of somebody else', () => chown(folder, STRANGER, STRANGER), /belongs to another user/],
    ['a key others can read', () => writeFile(key(), A_KEY, { mode: 0o644 }), /open to others.*chmod 600/],
    ['a key that is a link', () => symlink('/etc/hostname', key()), /symbolic link/],
    [
      'a key of somebody else',
      () => writeFile(key(), A_KEY, { mode: 0o600 }).then(() => chown(key(), STRANGER, STRANGER)),
      /belongs to user 12345/,
    ],
    ['a key that is none', () => writeFile(key(), 'hello\n', { mode: 0o600 }), /does not hold a WireGuard/],
    ['wg0.conf that is a link', () => symlink('/etc/hostname', conf()), /wg0\.conf.*symbolic link/],
    [
      'wg0.conf of somebody else',
      () => writeFile(conf(), '', { mode: 0o600 }).then(() => chown(conf(), STRANGER, STRANGER)),
      /wg0\.conf.*belongs to user 12345/,
    ],
    ['wg0.conf others can read', () => writeFile(conf(), '', { mode: 0o644 }), /wg0\.conf.*open to others/],
  ];
  test.each(CARELESS)('%s', async (_what, spoil, said) => {
    await spoil();
    const adit = startAdit(here, [BINARY, 'serve'], { cwd: rig.cwd, env: { ...rig.env, STATE_DIR: folder } });
    try {
      expect(await Promise.race([adit.exited, adit.ready(8_000).then(() => 'it serves')])).toBe(1);
      expect(adit.output()).toMatch(said);
      expect(adit.output()).not.toContain(A_KEY.trim());
    } finally {
      await adit.kill('SIGKILL');
    }
  });
});

test('configuration errors are told all at once, with exit code 2, and secrets are not repeated', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'adit-cwd-'));
  const env = {
    BOT_TOKEN: 'not-a-token-SECRETPART',
    DATABASE_URL: 'mysql://root:SECRETPART@db/x',
    HTTP_PORT: '70000',
    WG_POOL: '10.0.0.0/40',
    WG_ENDPIONT: 'vpn.example.com:51820',
    TELEGRAM_MODE: 'carrier-pigeon',
  };
  const adit = startAdit(here, [BINARY, 'serve'], { cwd, env });
  expect(await adit.exited).toBe(2);
  await adit.kill('SIGKILL');
  for (const name of Object.keys(env)) expect(adit.output()).toContain(name);
  expect(adit.output()).toContain('did you mean WG_ENDPOINT');
  expect(adit.output()).not.toContain('SECRETPART');
  expect(await readdir(cwd)).toEqual([]);
  await rm(cwd, { recursive: true });
});

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

function portOf(adit: AditProcess): number {
  return Number(adit.lines().find((line) => line.msg === 'listening')?.port);
}

/** Where packets to it come from this machine, but not by loopback's addresses. */
function addressOfThisMachine(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((each) => each && !each.internal && each.family === 'IPv4');
  if (!found) throw new Error('this test needs a machine with an address of its own');
  return found.address;
}
