// needs root
/** No secret comes to rest where it does not belong, whatever goes wrong. */
import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startAdit } from '../support/adit-process.ts';
import { type AditRig, BINARY, createAditRig } from '../support/adit-rig.ts';
import { createBotUser } from '../support/bot-user.ts';
import { eventually } from '../support/eventually.ts';
import { here } from '../support/place.ts';
import { networkOfProcess } from '../support/process-table.ts';
import { createProgramShims } from '../support/program-shims.ts';
import { find, findInFiles, findLeaks, secretsOf } from '../support/secret-search.ts';
import { expectWhole } from '../support/whole-invariants.ts';

const [ANN, BOB, EVE] = [501, 502, 503];
const USERS = [ANN, BOB, EVE];

/** Command lines of everything in the namespace, over and over, until `work` ends. */
async function withCommandLines(rig: AditRig, work: () => Promise<void>): Promise<string> {
  const network = networkOfProcess(Number(rig.namespace!.prefix[2]));
  const seen = new Set<string>();
  let over = false;
  const watching = eventually(
    () => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        if (networkOfProcess(Number(pid)) === network) seen.add(commandLine(pid));
      }
      return over;
    },
    { withinMs: 120_000, everyMs: 2 },
  );
  await work();
  over = true;
  await watching;
  return [...seen].join('\n');
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Everything that makes a program say what it was doing. */
async function troubles(rig: AditRig): Promise<void> {
  for (const [kind, method] of [
    ['html', 'sendMessage'],
    ['server_error', 'sendDocument'],
    ['reset', 'sendPhoto'],
    ['empty', 'editMessageText'],
    ['server_error', 'getUpdates'],
  ]) {
    await rig.control.fault({ kind, method, count: 1 });
  }
  await rig.control.fault({ kind: 'server_error', method: 'sendDocument', status: 400, count: 1 });
  await rig.sql`select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and application_name = 'adit'`;
}

test('F-S2, F-S16, E7: after deliveries, new keys and every kind of trouble no secret is in tables, logs, argv or environments', async () => {
  await using shims = await createProgramShims(['wg', 'ip', 'nft', 'wireguard-go', 'sysctl']);
  await using rig = await createAditRig({ tunnel: 'userspace', env: { PATH: shims.path } });
  const configs: string[] = [];
  const collect = async () => {
    for (const user of USERS) configs.push(...(await rig.control.heldConfigs(user)));
  };
  const commandLines = await withCommandLines(rig, async () => {
    let adit = await rig.start();
    for (const user of USERS) await rig.control.newUser(user);
    await Promise.all(USERS.map((user) => createBotUser(rig, user).trial()));
    await expectWhole(rig, { adit, users: USERS });
    await collect();
    await troubles(rig);
    await Promise.all(USERS.map((user) => createBotUser(rig, user).reissue()));
    await createBotUser(rig, EVE).revoke();
    await adit.kill('SIGKILL');
    adit = await rig.start();
    await expectWhole(rig, { adit, users: [ANN, BOB], without: [EVE], restsWithinMs: 40_000 });
    await collect();
    const secrets = await secretsOf(rig, configs);
    for (const path of ['/metrics', '/readyz', '/healthz', '/']) {
      expect(find(secrets, path, (await adit.get(path)).body)).toEqual([]);
    }
  });
  const secrets = await secretsOf(rig, configs);
  expect(new Set(secrets.get('client key')).size).toBeGreaterThanOrEqual(5 * 3);
  // The search does find what is there.
  expect(find(secrets, 'chat', configs[0]!)).toEqual(['chat: client key']);
  expect((await shims.environments()).some((line) => line.startsWith('PATH='))).toBe(true);
  expect((await shims.calls()).some((call) => call.startsWith('wg addconf'))).toBe(true);
  expect(commandLines).toContain(BINARY);
  expect(await findLeaks(rig, secrets, shims)).toEqual([]);
  expect(find(secrets, 'command line', commandLines)).toEqual([]);
  await expectPrivateFiles(rig);
  expect(await findInFiles(rig.stateDir, secrets)).toEqual([
    'wg-private.key: server key',
    'wg0.conf: server key',
  ]);
}, 120_000);

/** F-S17: nobody else may as much as look. */
async function expectPrivateFiles(rig: AditRig): Promise<void> {
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect(await mode(rig.stateDir)).toBe('700');
  for (const name of await readdir(rig.stateDir)) {
    expect({ name, mode: await mode(join(rig.stateDir, name)) }).toEqual({ name, mode: '600' });
  }
}

test('F-S2: a refused configuration is explained without the secrets in it', async () => {
  await using rig = await createAditRig({ tunnel: 'memory' });
  const bad = {
    BOT_TOKEN: '12:not a token, yet SECRET-ONE',
    DATABASE_URL: 'mysql://me:SECRET-TWO@db/adit',
    TELEGRAM_MODE: 'webhook',
    WEBHOOK_SECRET: 'SECRET-THREE',
    METRICS_TOKEN: 'SECRET FOUR',
  };
  const adit = startAdit(here, [BINARY, 'serve'], { cwd: rig.cwd, env: { ...rig.env, ...bad } });
  expect(await adit.exited).toBe(2);
  for (const name of ['BOT_TOKEN', 'DATABASE_URL', 'WEBHOOK_SECRET', 'METRICS_TOKEN']) {
    expect(adit.output()).toContain(name);
  }
  expect(adit.output()).not.toContain('SECRET-');
  expect(adit.output()).not.toContain('SECRET FOUR');
}, 30_000);
