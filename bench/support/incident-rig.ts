import postgres from 'postgres';
import type { AditProcess } from '../../tests/support/adit-process.ts';
import { type AditRig, createAditRig } from '../../tests/support/adit-rig.ts';
import { type Crowd, createCrowd } from '../../tests/support/crowd.ts';
import { comeInAsOwner, type Owner } from '../../tests/support/owner.ts';
import { firstLine, here } from '../../tests/support/place.ts';
import { type SilentNode, startSilentNode } from '../../tests/support/silent-node.ts';
import type { SimulatorControl } from '../../tests/support/simulator-control.ts';
import { databaseUrl } from './burst-rig.ts';
import { startDurablePostgres } from './durable-postgres.ts';

export const USERS = 50;
export const PER_SECOND = 5;
/** Of both bots: short against the ten minutes it usually is, so that a comparison falls into every fault. */
export const RECONCILE_SECONDS = 20;
const FIRST_USER = 1_000_000;
const DATABASE = 'adit_incident';
const BOT = new URL('incident-bot.ts', import.meta.url).pathname;

/** One bot with its node and its people. */
export interface Scene {
  readonly node: SilentNode;
  readonly crowd: Crowd;
  readonly control: SimulatorControl;
  /** Where its HTTP is. */
  readonly base: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AditScene extends Scene {
  readonly rig: AditRig;
  readonly adit: AditProcess;
  readonly owner: Owner;
  readonly sql: postgres.Sql;
}

export interface SceneOptions {
  readonly patienceMs: number;
  readonly logLevel?: 'info' | 'debug';
}

const crowdOf = (control: SimulatorControl, patienceMs: number) =>
  createCrowd(control, { users: USERS, firstId: FIRST_USER, perSecond: PER_SECOND, patienceMs });

/** The compiled binary, PostgreSQL with real commits, an interface in memory, and everybody with a first config. */
export async function aditScene({ patienceMs, logLevel = 'info' }: SceneOptions): Promise<AditScene> {
  const undo = new AsyncDisposableStack();
  const node = undo.use(await startSilentNode());
  const server = await startDurablePostgres();
  undo.defer(() => server.dispose());
  const admin = postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${DATABASE}`).finally(() => admin.end());
  const sql = postgres(server.url(DATABASE), { max: 2, onnotice: () => {} });
  undo.defer(() => sql.end());
  const env = {
    DATABASE_URL: databaseUrl(server, DATABASE),
    XRAY_API_URL: node.url,
    XRAY_API_KEY: node.key,
    XRAY_RECONCILIATION_INTERVAL_SECONDS: String(RECONCILE_SECONDS),
    VLESS_LINK: 'vless://user@127.0.0.1:443?encryption=none&security=none&type=tcp',
    DEVICES_PER_ACCOUNT: '20',
    LOG_LEVEL: logLevel,
  };
  const rig = undo.use(await createAditRig({ tunnel: 'memory', env }));
  const adit = await rig.start();
  const owner = await comeInAsOwner(adit);
  const crowd = crowdOf(rig.control, patienceMs);
  await crowd.begin(60_000);
  const dispose = () => undo.disposeAsync();
  const base = `http://127.0.0.1:${adit.port()}`;
  return { node, crowd, control: rig.control, base, rig, adit, owner, sql, [Symbol.asyncDispose]: dispose };
}

/** The bot of the incident with a node and a Telegram of its own. */
export async function formerScene({ patienceMs }: SceneOptions): Promise<Scene> {
  const undo = new AsyncDisposableStack();
  const node = undo.use(await startSilentNode());
  const rig = undo.use(await createAditRig({ tunnel: 'memory' }));
  const argv = [rig.token, rig.env.TELEGRAM_API_ROOT!, node.url, node.key, String(RECONCILE_SECONDS)];
  const child = Bun.spawn([...here.prefix, process.execPath, BOT, ...argv], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    env: { PATH: process.env.PATH },
  });
  undo.defer(async () => {
    child.kill('SIGKILL');
    await child.exited;
  });
  const base = `http://127.0.0.1:${await firstLine(child.stdout)}`;
  const crowd = crowdOf(rig.control, patienceMs);
  await crowd.begin(60_000);
  const dispose = () => undo.disposeAsync();
  return { node, crowd, control: rig.control, base, [Symbol.asyncDispose]: dispose };
}
