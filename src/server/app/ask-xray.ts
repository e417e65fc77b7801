import { systemMachineClock } from '../adapters/system/machine-clock.ts';
import { createGrpcInbound } from '../adapters/xray/grpc-inbound.ts';
import { NOTHING } from '../adapters/xray/journal-entry.ts';
import type { Config } from '../config.ts';
import type { World } from './world.ts';
import { remoteXray } from './xray-inbound.ts';

/** Asks the configured Xray whether it is there, and changes nothing of it; throws when it does not answer. */
export async function askXray(world: World, { xray }: Config): Promise<string | { readonly warn: string }> {
  const { grpcAddress, apiUrl, vlessLink } = xray;
  if (grpcAddress === null && apiUrl === null) return { warn: 'VLESS_LINK is set, and no Xray is named' };
  const found = grpcAddress === null ? await askRemote(world, xray, apiUrl!) : await askLocal(world, xray);
  return vlessLink === null ? { warn: `${found}; without VLESS_LINK nothing is sold` } : found;
}

/** Its statistics say that it runs. The journal of the running program is left alone. */
async function askLocal(world: World, xray: Config['xray']): Promise<string> {
  const address = xray.grpcAddress!.text;
  const inbound = createGrpcInbound({
    ...world,
    address,
    prefix: xray.grpcPackage,
    tag: xray.inboundTag,
    timeoutMs: xray.apiTimeoutMs,
    restores: false,
    journal: { read: async () => NOTHING, write: async () => undefined },
    machineClock: systemMachineClock,
  });
  try {
    await inbound.look();
    return `answers at ${address}`;
  } finally {
    inbound.close();
  }
}

async function askRemote(world: World, xray: Config['xray'], url: string): Promise<string> {
  const { users } = await remoteXray(world, { xray }, url).read();
  return `the user API answers at ${url}, users: ${users.length}`;
}
