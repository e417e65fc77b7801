import type { InboundUser } from './ports/inbound.ts';

const VLESS_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FLOWS: readonly unknown[] = ['', 'xtls-rprx-vision'];
const LONGEST_EMAIL = 256;

/** The name of any user on an inbound, ours or a stranger's: printable, no spaces. */
export const isUserEmail = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LONGEST_EMAIL && /^[!-~]+$/.test(value);

/** Lower case, as everybody writes and compares them. */
export const isVlessId = (value: unknown): boolean => typeof value === 'string' && VLESS_ID.test(value);

export const isFlow = (value: unknown): boolean => FLOWS.includes(value);

/** A user who may be put into an inbound. Xray compares names in lower case: two of ours must not meet there. */
export function isInboundUser(value: unknown): value is InboundUser {
  if (typeof value !== 'object' || value === null) return false;
  const { email, vlessId, flow } = value as Record<string, unknown>;
  return isUserEmail(email) && email === email.toLowerCase() && isVlessId(vlessId) && isFlow(flow);
}
