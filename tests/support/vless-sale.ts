import { createSubscriptionTokens, createVlessIds } from '../../src/server/adapters/credentials/vless-ids.ts';
import { parseVlessTemplate, renderVlessLink } from '../../src/server/core/vless-link.ts';
import type { VlessSale } from '../../src/server/core/vless-sale.ts';
import { createToInboundUser } from '../../src/server/core/xray-user.ts';

/** VLESS as it is sold in tests. */
const KEY = Buffer.alloc(32, 7);
export const TEMPLATE = parseVlessTemplate(
  'vless://user@vpn.example.org:443?security=tls&type=tcp&flow=xtls-rprx-vision&sni=vpn.example.org',
);
export const PUBLIC_URL = 'https://vpn.example.org';
const ids = createVlessIds(KEY);
export const tokens = createSubscriptionTokens(KEY);
export const toUser = createToInboundUser(ids, TEMPLATE.flow);
export const sale: VlessSale = {
  linkOf: (user, name) => renderVlessLink(TEMPLATE, ids.of(user), name),
  subscriptionUrlOf: (id) => `${PUBLIC_URL}/s/${tokens.of(id)}`,
};
