import { z } from 'zod';
import { createSecret, type Secret } from '../core/secret.ts';

/** What a variable may hold. `accepts` finishes the sentence "it must be …", for problems and for the reference. */
export interface Kind<T> {
  readonly accepts: string;
  readonly schema: z.ZodType<T, string>;
  /** The value is never repeated in a problem. */
  readonly secret?: boolean;
}

/** Where something listens or is dialled. `host` has no brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** As the operator wrote it: with brackets round an IPv6 address. */
  readonly text: string;
}

/** A list separated by commas, spaces allowed round them. */
function listOf(member: z.ZodType<string, string>): z.ZodType<readonly string[], string> {
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(member).min(1));
}

function isIpv4(text: string): boolean {
  return z.ipv4().safeParse(text).success;
}

export const text: Kind<string> = { accepts: 'text', schema: z.string() };

export function wholeNumber(min: number, max: number): Kind<number> {
  return {
    accepts: `a whole number from ${min} to ${max}`,
    schema: z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
  };
}

/** Gigabytes of 10^9 bytes, answered in bytes. */
export function gigabytes(max: number): Kind<number> {
  return {
    accepts: `a number of gigabytes up to ${max}, such as 5 or 0.5`,
    schema: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,6})?$/)
      .transform((text) => Math.round(Number(text) * 1e9))
      .pipe(
        z
          .int()
          .min(1)
          .max(max * 1e9),
      ),
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    accepts: `one of ${values.join(', ')}`,
    schema: z
      .string()
      .refine((given): given is T => values.includes(given as T))
      .transform((given) => given as T),
  };
}

export function url(...protocols: readonly string[]): Kind<string> {
  const names = protocols.map((each) => `${each}://`).join(' or ');
  return {
    accepts: `a URL that begins with ${names}`,
    schema: z.string().refine((given) => URL.canParse(given) && isOneOf(new URL(given), protocols)),
  };
}

function isOneOf(given: URL, protocols: readonly string[]): boolean {
  return protocols.includes(given.protocol.slice(0, -1)) && given.hostname !== '';
}

/** The same value, wrapped: it prints as [secret], and a problem does not repeat it. */
export function secret(kind: Kind<string>): Kind<Secret> {
  return { accepts: kind.accepts, schema: kind.schema.transform(createSecret), secret: true };
}

export function matching(pattern: RegExp, accepts: string): Kind<string> {
  return { accepts, schema: z.string().regex(pattern) };
}

/** `host:port`, `1.2.3.4:port` or `[v6]:port`. */
export const endpoint: Kind<Endpoint> = {
  accepts: 'host:port, for IPv6 [address]:port',
  schema: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/]+):\d{1,5}$/)
    .transform(toEndpoint)
    .refine(({ host, port }) => isHost(host) && port >= 1 && port <= 65_535),
};

function toEndpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(text.slice(colon + 1)), text };
}

function isHost(host: string): boolean {
  if (host.includes(':')) return z.ipv6().safeParse(host).success;
  // Only digits and dots: an address, and then a right one; a name never ends in a number.
  return /^[\d.]+$/.test(host) ? isIpv4(host) : z.hostname().safeParse(host).success;
}

/** An address the server listens at. */
export const listenHost: Kind<string> = {
  accepts: 'an IP address or a host name',
  schema: z.string().refine(isHost),
};

/** DNS servers for client configs. */
export const dnsList: Kind<readonly string[]> = {
  accepts: 'IP addresses separated by commas',
  schema: listOf(z.union([z.ipv4(), z.ipv6()])),
};

export const networkList: Kind<readonly string[]> = {
  accepts: 'networks such as 0.0.0.0/0 separated by commas',
  schema: listOf(z.union([z.cidrv4(), z.cidrv6()])),
};

/** Kernel rule (dev_valid_name): up to 15 bytes, no slash, no space, not `.` or `..`; here plain ASCII only. */
export const interfaceName = matching(
  /^(?!\.{1,2}$)[A-Za-z0-9_=+.-]{1,15}$/,
  'an interface name of up to 15 characters without slash or space',
);
