/**
 * A stand-in for Xray, which cannot be had here: it answers by the published messages, GetInboundUsers among them, and
 * refuses in Xray's words (proxy/vless/validator.go).
 */
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { freePort } from './postgres-server.ts';
import { decode, encode } from './xray-messages.ts';

export interface XrayStandIn extends AsyncDisposable {
  /** host:port of its API. */
  readonly api: string;
  readonly users: ReadonlyMap<string, { readonly id: string; readonly flow: string }>;
  /** Ends and begins anew on the same port: users and counters are gone. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** What a method of this name says in place of what is right; `never`: nothing at all; null: as it should. */
  answerWith(method: Method, instead: Buffer | 'never' | 'unimplemented' | null): void;
  setCounter(email: string, uplink: number, downlink: number): void;
  setUser(email: string, account: { readonly type: string; readonly id: string }): void;
}

type Method = 'AlterInbound' | 'GetInboundUsers' | 'QueryStats' | 'GetSysStats';
type Instead = Buffer | 'never' | 'unimplemented';

interface LiveUser {
  readonly id: string;
  readonly flow: string;
  readonly type?: string;
}

const VLESS = 'xray.proxy.vless.Account';

export async function startXrayStandIn(tag = 'vless'): Promise<XrayStandIn> {
  const port = await freePort();
  const users = new Map<string, LiveUser>();
  const counters = new Map<string, number>();
  let server: Server | null = null;
  let startedAt = 0;
  let mallocs = 0;
  const instead = new Map<string, Instead>();

  const methods: Readonly<Record<string, (request: Buffer) => Buffer>> = {
    '/xray.app.proxyman.command.HandlerService/AlterInbound': (request) => {
      const { tag: wanted, operation } = decode('AlterInboundRequest', request);
      if (wanted !== tag) throw new Error(`failed to get handler: ${wanted} > handler not found: ${wanted}`);
      alter(users, operation);
      return encode('AlterInboundResponse', {});
    },
    '/xray.app.proxyman.command.HandlerService/GetInboundUsers': () => {
      const listed = [...users].map(([email, { id, flow, type }]) => ({
        email,
        account: { type: type ?? VLESS, value: encode('Account', { id, flow, encryption: 'none' }) },
      }));
      return encode('GetInboundUserResponse', { users: listed });
    },
    '/xray.app.stats.command.StatsService/QueryStats': (request) => {
      const { pattern } = decode('QueryStatsRequest', request);
      const stat = [...counters].map(([name, value]) => ({ name, value }));
      return encode('QueryStatsResponse', { stat: stat.filter(({ name }) => name.includes(pattern)) });
    },
    '/xray.app.stats.command.StatsService/GetSysStats': () => {
      mallocs += 10;
      const Uptime = Math.floor((performance.now() - startedAt) / 1000);
      return encode('SysStatsResponse', { Uptime, Mallocs: mallocs, TotalAlloc: mallocs * 100 });
    },
  };

  async function start(): Promise<void> {
    startedAt = performance.now();
    mallocs = 0;
    users.clear();
    counters.clear();
    server = new Server();
    server.addService(...serviceOf(methods, (path) => instead.get(path.split('/')[2]!)));
    const bound = Promise.withResolvers<void>();
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) =>
      error ? bound.reject(error) : bound.resolve(),
    );
    await bound.promise;
  }

  async function stop(): Promise<void> {
    server?.forceShutdown();
    server = null;
  }

  await start();
  return {
    api: `127.0.0.1:${port}`,
    users,
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
    answerWith(method, what) {
      if (what === null) instead.delete(method);
      else instead.set(method, what);
    },
    setCounter(email, uplink, downlink) {
      counters.set(`user>>>${email}>>>traffic>>>uplink`, uplink);
      counters.set(`user>>>${email}>>>traffic>>>downlink`, downlink);
    },
    setUser: (email, { type, id }) => void users.set(email, { id, flow: '', type }),
    [Symbol.asyncDispose]: stop,
  };
}

function alter(users: Map<string, LiveUser>, operation: { type: string; value: Uint8Array }): void {
  if (operation.type === 'xray.app.proxyman.command.AddUserOperation') {
    const { user } = decode('AddUserOperation', operation.value);
    if (user.account.type !== VLESS) throw new Error(`unknown account type ${user.account.type}`);
    const { id, flow, encryption } = decode('Account', user.account.value);
    if (encryption !== 'none') throw new Error('VLESS users: invalid encryption');
    if (users.has(user.email)) throw new Error(`User ${user.email} already exists.`);
    users.set(user.email, { id, flow });
    return;
  }
  if (operation.type !== 'xray.app.proxyman.command.RemoveUserOperation')
    throw new Error('unknown operation');
  const { email } = decode('RemoveUserOperation', operation.value);
  if (!users.delete(email)) throw new Error(`User ${email} not found.`);
}

/** One definition for the methods of all services: grpc-js goes by their paths. */
function serviceOf(
  methods: Readonly<Record<string, (request: Buffer) => Buffer>>,
  insteadOf: (path: string) => Instead | undefined,
): [ServiceDefinition, Record<string, (call: Call, done: sendUnaryData<Buffer>) => void>] {
  const same = (bytes: Buffer) => bytes;
  const plain = {
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
  };
  const paths = Object.keys(methods);
  const definition = Object.fromEntries(
    paths.map((path) => [path, { ...plain, path, responseSerialize: same, responseDeserialize: same }]),
  );
  const answers = Object.fromEntries(
    paths.map((path) => [
      path,
      (call: Call, done: sendUnaryData<Buffer>) => {
        const instead = insteadOf(path);
        if (instead === 'never') return;
        if (instead === 'unimplemented')
          return done({ code: status.UNIMPLEMENTED, details: 'unknown method' });
        try {
          done(null, instead ?? methods[path]!(call.request));
        } catch (error) {
          done({ code: status.UNKNOWN, details: (error as Error).message });
        }
      },
    ]),
  );
  return [definition, answers];
}

type Call = ServerUnaryCall<Buffer, Buffer>;
