import type { InboundUser } from './ports/inbound.ts';

const VLESS_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FLOWS: readonly unknown[] = ['', 'xtls-rprx-vision'];
const LONGEST_EMAIL = 256;

/**
 * The name of any user on an inbound, ours or a stranger's. Whoever shares the Xray with us calls his users as he likes:
 * one odd name must not keep all others from being listed.
 */
export const isUserEmail = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  value.length <= LONGEST_EMAIL &&
  value.isWellFormed() &&
  !/\p{Cc}/u.test(value);

/** Ours are printable, without spaces, in lower case: Xray compares them so, and two of ours must not meet there. */
const isNameOfOurs = (email: string): boolean => /^[!-~]+$/.test(email) && email === email.toLowerCase();

/** Lower case, as everybody writes and compares them. */
export const isVlessId = (value: unknown): boolean => typeof value === 'string' && VLESS_ID.test(value);

export const isFlow = (value: unknown): boolean => FLOWS.includes(value);

/** A user who may be put into an inbound. */
export function isInboundUser(value: unknown): value is InboundUser {
  if (typeof value !== 'object' || value === null) return false;
  const { email, vlessId, flow } = value as Record<string, unknown>;
  return isUserEmail(email) && isNameOfOurs(email) && isVlessId(vlessId) && isFlow(flow);
}
