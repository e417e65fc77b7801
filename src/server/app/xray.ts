import { join } from 'node:path';
import { loadOrCreateKey } from '../adapters/credentials/key-file.ts';
import { createSubscriptionTokens, createVlessIds } from '../adapters/credentials/vless-ids.ts';
import { writeFileDurably } from '../adapters/system/durable-file.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { XRAY_NODE } from '../core/ids.ts';
import type { SubscriptionTokens } from '../core/ports/credentials.ts';
import type { Inbound } from '../core/ports/inbound.ts';
import type { NodeStore } from '../core/ports/store.ts';
import type { UserStore } from '../core/ports/user-store.ts';
import { dialledBy, parseVlessTemplate, renderVlessLink } from '../core/vless-link.ts';
import type { VlessSale } from '../core/vless-sale.ts';
import { createToInboundUser, type ToInboundUser } from '../core/xray-user.ts';
import type { World } from './world.ts';
import { localXray, remoteXray } from './xray-inbound.ts';

/** VLESS as this process sells it: the inbound it drives, and what is made of a user. */
export interface Xray {
  readonly inbound: Inbound;
  readonly toUser: ToInboundUser;
  readonly sale: VlessSale;
  readonly tokens: SubscriptionTokens;
  /** What clients dial. */
  readonly endpoint: string;
  /** Which start of the server is running; null: it puts its users back by itself (`adit xray-api`). */
  readonly look: ((signal: AbortSignal) => Promise<string>) | null;
  close(): void;
}

/** Null when VLESS is not on sale. The key of all user ids lies in STATE_DIR, which must be held. Nothing is called yet. */
export async function createXray(
  world: World,
  config: Config,
  users: Pick<UserStore, 'wanted'>,
): Promise<Xray | null> {
  const { vlessLink, publicUrl } = config.xray;
  const reached = vlessLink === null ? null : reach(world, config);
  if (vlessLink === null || reached === null) return null;
  const key = await loadOrCreateKey({
    path: join(config.stateDir, 'vless.key'),
    random: world.random,
    write: (path, text) => writeFileDurably(path, text, { mode: 0o600 }),
    mayMake: () => refuseNewKey(users),
  });
  const template = parseVlessTemplate(vlessLink);
  const ids = createVlessIds(key);
  const tokens = createSubscriptionTokens(key);
  return {
    ...reached,
    toUser: createToInboundUser(ids, template.flow),
    sale: {
      linkOf: (user, name) => renderVlessLink(template, ids.of(user), name),
      subscriptionUrlOf: publicUrl === null ? null : (id) => `${publicUrl}/s/${tokens.of(id)}`,
    },
    tokens,
    endpoint: dialledBy(template),
  };
}

/** With another key every link that was ever given out would be dead, and nobody would be told why (F-S16). */
async function refuseNewKey(users: Pick<UserStore, 'wanted'>): Promise<void> {
  for await (const _ of users.wanted(XRAY_NODE)) {
    const message = 'STATE_DIR/vless.key is missing, and VLESS users have links that were made with it.';
    const advice =
      'Restore it from a backup; or, to give everybody a new link, make another: openssl rand -hex 32, mode 0600.';
    throw new AppError('conflict', `${message} ${advice}`);
  }
}

type Reached = Pick<Xray, 'inbound' | 'look' | 'close'>;

/** By its own API where that is told, else by the user API beside it. */
function reach(world: World, config: Config): Reached | null {
  const { grpcAddress, apiUrl } = config.xray;
  if (grpcAddress !== null) {
    const inbound = localXray(world, config, grpcAddress, { restores: false });
    const look = async (signal: AbortSignal) => (await inbound.look(signal)).bootId;
    return { inbound, look, close: () => inbound.close() };
  }
  if (apiUrl === null) return null;
  return { inbound: remoteXray(world, config, apiUrl), look: null, close: () => undefined };
}

/** The node's row: its peers refer to it. */
export const registerXray = (nodes: Pick<NodeStore, 'register'>, { endpoint }: Pick<Xray, 'endpoint'>) =>
  nodes.register({ id: XRAY_NODE, protocol: 'vless', publicKey: null, endpoint, pools: [] });
