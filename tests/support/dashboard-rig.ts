import { createOneTimeCodes } from '../../src/server/adapters/credentials/one-time-codes.ts';
import { createPasswords } from '../../src/server/adapters/credentials/passwords.ts';
import { createSealedBox } from '../../src/server/adapters/credentials/sealed-box.ts';
import { createTokens } from '../../src/server/adapters/credentials/tokens.ts';
import type { Database } from '../../src/server/adapters/postgres/client.ts';
import { createOperatorStore } from '../../src/server/adapters/postgres/stores/operator-store.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../src/server/adapters/system/random.ts';
import { createDashboardPart, type DashboardPart } from '../../src/server/app/dashboard.ts';
import { operatorId } from '../../src/server/core/ids.ts';
import type { Operator, Role } from '../../src/server/core/operators.ts';
import type { Clock } from '../../src/server/core/ports/clock.ts';
import { createSessionEnds } from '../../src/server/core/session-ends.ts';
import type { Route } from '../../src/server/entry/http/routes.ts';
import { createHttpServer } from '../../src/server/entry/http/server.ts';
import { openSession } from '../../src/server/services/way-in/open-session.ts';
import type { Sessions } from '../../src/server/services/way-in/sessions.ts';
import type { WayInDeps } from '../../src/server/services/way-in/way-in.ts';
import { databaseOn } from './database.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';
import { createRecordingLog, type RecordedLine } from './recording-log.ts';
import { createVisitor, type TestVisitor } from './visitor.ts';

export const PASSWORD = 'four words of nonsense';

export interface DashboardRig {
  readonly base: string;
  readonly database: TestDatabase;
  readonly connections: Database;
  /** Null unless `behindProxy`. */
  readonly network: FaultyProxy | null;
  readonly wayIn: WayInDeps;
  readonly part: DashboardPart;
  readonly log: readonly RecordedLine[];
  /** Work done on passwords so far: verifications and hashes. */
  readonly passwordWork: { verified: number; hashed: number; urgent: number };
  /** Wall time goes on from where it is moved to; timers are real. */
  advance(ms: number): void;
  now(): Date;
  visitor(headers?: Readonly<Record<string, string>>): TestVisitor;
  /** With the password above. */
  operator(name: string, role: Role): Promise<Operator>;
  /** A visitor who is logged in as a new operator of this role. */
  signedIn(role: Role): Promise<TestVisitor>;
  audit(): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface DashboardRigOptions {
  readonly routes?: (sessions: Sessions) => readonly Route[];
  readonly trustedProxies?: readonly string[];
  /** Migrated. Default: a fresh one. It is dropped at the end either way. */
  readonly database?: TestDatabase;
  /** Puts a bad network between the dashboard and the database. */
  readonly behindProxy?: boolean;
}

/** The dashboard over a real server and a real PostgreSQL; only wall time is the test's. */
export async function openDashboardRig(options: DashboardRigOptions = {}): Promise<DashboardRig> {
  const database = options.database ?? (await testDatabase({ migrated: true }));
  const { host, port } = database.socket;
  const network = options.behindProxy ? await startFaultyProxy({ path: `${host}/.s.PGSQL.${port}` }) : null;
  const address =
    network === null ? database.socket : { ...database.socket, host: network.host, port: network.port };
  const connections = databaseOn(address, { poolMax: 8 });
  const log: RecordedLine[] = [];
  const time = createMovedClock();
  const passwordWork = { verified: 0, hashed: 0, urgent: 0 };
  const wayIn = wayInOf(connections, passwordWork);
  const world = { clock: time.clock, random: systemRandom, log: createRecordingLog(log) };
  const part = createDashboardPart(world, {
    http: { host: '127.0.0.1', trustedProxies: options.trustedProxies ?? ['127.0.0.1/32'] },
    wayIn,
    attention: () => null,
    databaseAnsweredWithin: (ms) => connections.health().lastSuccessAgeMs < ms,
    routes: options.routes ?? (() => []),
  });
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    metricsGuard: { matches: () => false },
    readiness: () => ({ ready: true, reasons: [] }),
    renderMetrics: async () => '',
    webhook: null,
    subscription: null,
    dashboard: part.dashboard,
    log: world.log,
  });
  const base = `http://localhost:${server.start().port}`;
  const hash = await wayIn.passwords.hash(PASSWORD);
  passwordWork.hashed = 0;
  let made = 0;

  async function operator(name: string, role: Role): Promise<Operator> {
    const id = operatorId(systemRandom.uuid());
    await wayIn.store.transaction((tx) => tx.add({ id, name, role, passwordHash: hash }, time.clock.now()));
    return { id, name, role };
  }

  return {
    base,
    database,
    connections,
    network,
    wayIn,
    part,
    log,
    passwordWork,
    advance: time.advance,
    now: time.clock.now,
    visitor: (headers = {}) => createVisitor({ base, headers }),
    operator,
    async signedIn(role) {
      const who = await operator(`${role}-${++made}`, role);
      const visitor = createVisitor({ base });
      const from = { address: '127.0.0.1', agent: 'test', deviceToken: null, now: time.clock.now() };
      const { opened } = await wayIn.store.transaction((tx) =>
        openSession(wayIn, tx, who, from, { device: null, by: 'test' }),
      );
      visitor.cookies.set('__Host-adit-session', opened.sessionToken);
      visitor.cookies.set('__Host-adit-device', opened.deviceToken);
      await visitor.get('/sessions');
      return visitor;
    },
    audit: () => database.admin`select * from adit.audit order by id`,
    async close() {
      await server.stop();
      await connections.close(1000);
      await network?.close();
      await database.drop();
    },
  };
}

function createMovedClock() {
  let moved = 0;
  const clock: Clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + moved) };
  return {
    clock,
    advance(ms: number) {
      moved += ms;
    },
  };
}

function wayInOf(connections: Database, work: DashboardRig['passwordWork']): WayInDeps {
  const real = createPasswords();
  return {
    store: createOperatorStore(connections),
    passwords: {
      hash(password) {
        work.hashed += 1;
        return real.hash(password);
      },
      verify(password, hash, urgent) {
        work.verified += 1;
        if (urgent) work.urgent += 1;
        return real.verify(password, hash, urgent);
      },
    },
    tokens: createTokens(systemRandom),
    codes: createOneTimeCodes(systemRandom),
    box: createSealedBox(new Uint8Array(32).fill(7), systemRandom),
    ends: createSessionEnds(),
    random: systemRandom,
  };
}
