import { createHttpRequester } from '../../src/server/adapters/http-client/http-requester.ts';
import { sweepTemps, writeFileDurably } from '../../src/server/adapters/system/durable-file.ts';
import { systemMachineClock } from '../../src/server/adapters/system/machine-clock.ts';
import {
  createGrpcInbound,
  type GrpcInbound,
  type GrpcInboundDeps,
} from '../../src/server/adapters/xray/grpc-inbound.ts';
import { createHttpInbound } from '../../src/server/adapters/xray/http-inbound.ts';
import { createJournal, journalPath } from '../../src/server/adapters/xray/journal.ts';
import type { Inbound, InboundUser } from '../../src/server/core/ports/inbound.ts';
import { createSecret } from '../../src/server/core/secret.ts';
import { createUserApi } from '../../src/server/entry/http/user-api/server.ts';
import { createDoorKit } from './door-kit.ts';
import { INBOUND_TAG } from './v2ray-config.ts';

export const API_KEY = 'a-key-of-the-tests-0123456789abcdef';

let made = 0;
/** A user as Adit makes them: named by the id of a peer. */
export function newUser(more: Partial<InboundUser> = {}): InboundUser {
  made += 1;
  const email = `01a1fc32-0000-7000-8000-${String(made).padStart(12, '0')}`;
  return { email, vlessId: crypto.randomUUID() as InboundUser['vlessId'], flow: '', ...more };
}

export type GrpcRigOptions = Pick<GrpcInboundDeps, 'address' | 'prefix'> & Partial<GrpcInboundDeps>;

/** The real adapter with real parts; `folder` holds its journal. */
export function grpcInbound(folder: string, options: GrpcRigOptions): GrpcInbound {
  const kit = createDoorKit();
  const tag = options.tag ?? INBOUND_TAG;
  const journal = createJournal({
    path: journalPath(folder, tag),
    tag,
    writeFile: writeFileDurably,
    sweepTemps,
    log: kit.log,
  });
  return createGrpcInbound({
    ...kit,
    tag,
    journal,
    timeoutMs: 5000,
    restores: false,
    machineClock: systemMachineClock,
    ...options,
  });
}

/** A user API over an inbound, on a free port. */
export function serveUserApi(inbound: Inbound, more: { readonly timeoutMs?: number } = {}) {
  const { clock, log, metrics } = createDoorKit();
  const server = createUserApi({
    host: '127.0.0.1',
    port: 0,
    key: createSecret(API_KEY),
    inbound,
    timeoutMs: 10_000,
    metricsGuard: { matches: () => false },
    readiness: () => ({ ready: true, reasons: [] }),
    renderMetrics: () => metrics.render(),
    clock,
    log,
    ...more,
  });
  return { url: `http://127.0.0.1:${server.start().port}`, stop: () => server.stop() };
}

/** The client's side of it. */
export function httpInbound(
  url: string,
  options: { readonly key?: string; readonly timeoutMs?: number } = {},
) {
  const kit = createDoorKit();
  const requester = createHttpRequester({ ...kit, backoffBaseMs: 5 });
  const key = createSecret(options.key ?? API_KEY);
  const inbound = createHttpInbound({ requester, url, key, timeoutMs: options.timeoutMs ?? 5000 });
  return { ...kit, inbound };
}
