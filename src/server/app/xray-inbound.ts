import { sweepTemps, writeFileDurably } from '../adapters/system/durable-file.ts';
import { systemMachineClock } from '../adapters/system/machine-clock.ts';
import { createGrpcInbound, type GrpcInbound } from '../adapters/xray/grpc-inbound.ts';
import { createHttpInbound } from '../adapters/xray/http-inbound.ts';
import { createJournal, journalPath } from '../adapters/xray/journal.ts';
import type { Endpoint } from '../config/kinds.ts';
import type { Config } from '../config.ts';
import type { Inbound } from '../core/ports/inbound.ts';
import type { World } from './world.ts';

type Settings = Pick<Config, 'stateDir' | 'xray'>;

/**
 * The Xray of this very machine. `restores`: it puts its users back by itself after a restart, from its journal; for a
 * process that knows nobody else who would.
 */
export function localXray(
  world: World,
  { stateDir, xray }: Settings,
  address: Endpoint,
  { restores }: { readonly restores: boolean },
): GrpcInbound {
  const { clock, random, log, metrics, breakers, book } = world;
  const { inboundTag: tag, grpcPackage: prefix, apiTimeoutMs: timeoutMs } = xray;
  const path = journalPath(stateDir, tag);
  return createGrpcInbound({
    clock,
    random,
    log,
    metrics,
    breakers,
    book,
    address: address.text,
    prefix,
    tag,
    timeoutMs,
    restores,
    journal: createJournal({ path, tag, writeFile: writeFileDurably, sweepTemps, log }),
    machineClock: systemMachineClock,
  });
}

/** The Xray of another machine, by the user API there. */
export function remoteXray(world: World, { xray }: Pick<Config, 'xray'>, url: string): Inbound {
  const { apiKey: key, apiTimeoutMs: timeoutMs } = xray;
  return createHttpInbound({ requester: world.requester, url, key, timeoutMs });
}
