import { AppError } from './errors.ts';
import type { VlessId } from './ids.ts';

/**
 * The `vless://` link that clients import, made from the operator's template. Its form is a convention of the clients
 * (https://github.com/XTLS/Xray-core/discussions/716): `vless://id@host:port?parameters#name`.
 */
export interface VlessTemplate {
  /** A name or an address; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  readonly security: VlessSecurity;
  readonly type: VlessTransport;
  /** Empty, or what a user's entry on the server must have too. */
  readonly flow: string;
  /** In the operator's order; known names once, unknown ones as they are. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const SECURITIES = ['none', 'tls', 'reality'] as const;
export type VlessSecurity = (typeof SECURITIES)[number];
/** `raw` is what newer Xray calls `tcp`. */
const TRANSPORTS = ['tcp', 'raw', 'ws', 'grpc', 'httpupgrade', 'xhttp', 'splithttp', 'http', 'kcp'] as const;
export type VlessTransport = (typeof TRANSPORTS)[number];
const FLOWS: readonly string[] = ['', 'xtls-rprx-vision'];

const LINK =
  /^vless:\/\/(?:([^@/?#\s]*)@)?(\[[0-9a-fA-F:.]+\]|[^:/?#@[\]\s]+)(?::(\d{1,5}))?\/?(?:\?([^#\s]*))?(?:#(\S*))?$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REALITY_KEY = /^[A-Za-z0-9_-]{43}$/;
const SHORT_ID = /^([0-9a-f]{2}){0,8}$/i;

/** Reads a template; its user id and name, if any, are left out. AppError `invalid` says what is missing or unknown. */
export function parseVlessTemplate(text: string): VlessTemplate {
  const [, , host, port, query = ''] = LINK.exec(text) ?? [];
  if (host === undefined) throw refuse('it is not of the form vless://user@host:port?parameters');
  if (port === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw refuse('it has no port that clients dial, such as example.org:443');
  }
  const parameters = readParameters(query);
  const of = (name: string) => parameters.find(([each]) => each === name)?.[1] ?? '';
  const security = oneOf(SECURITIES, 'security', of('security') || 'none');
  const template: VlessTemplate = {
    host,
    port: Number(port),
    security,
    type: oneOf(TRANSPORTS, 'type', of('type') || 'tcp'),
    flow: of('flow'),
    parameters,
  };
  refuseUnusable(template, of);
  return template;
}

/** The link of one user. The name may be anything: in the fragment it is percent-encoded and can end nothing (F-S1). */
export function renderVlessLink(template: VlessTemplate, id: VlessId, name: string): string {
  if (!UUID.test(id)) throw new AppError('internal', 'A VLESS id is a UUID in small letters.');
  const query = template.parameters.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&');
  const address = `${template.host}:${template.port}`;
  return `vless://${id}@${address}${query === '' ? '' : `?${query}`}#${encode(name)}`;
}

/** What clients dial, as the table of nodes shows it. */
export const dialledBy = ({ host, port }: VlessTemplate): string => `${host}:${port}`;

/** A link taken apart again: for tests, and for whatever makes a client's configuration of it. */
export function readVlessLink(text: string): {
  readonly id: string;
  readonly name: string;
  readonly template: VlessTemplate;
} {
  const [, id = '', , , , name = ''] = LINK.exec(text) ?? [];
  return { id, name: decode(name), template: parseVlessTemplate(text) };
}

function readParameters(query: string): [string, string][] {
  const parameters = query
    .split('&')
    .filter((each) => each !== '')
    .map((each): [string, string] => {
      const equals = each.indexOf('=');
      return equals === -1
        ? [decode(each), '']
        : [decode(each.slice(0, equals)), decode(each.slice(equals + 1))];
    });
  const twice = parameters.find(([name], index) => parameters.findIndex(([each]) => each === name) < index);
  if (twice) throw refuse(`it says ${twice[0]} twice`);
  return parameters;
}

/** What no client could connect with, said now and not by users later. */
function refuseUnusable({ security, type, flow }: VlessTemplate, of: (name: string) => string): void {
  if (!FLOWS.includes(flow))
    throw refuse(`flow is ${JSON.stringify(flow)}; known: xtls-rprx-vision, or none`);
  if (flow !== '' && (security === 'none' || !(type === 'tcp' || type === 'raw'))) {
    throw refuse(`flow ${flow} needs security tls or reality over type tcp`);
  }
  if (of('encryption') !== '' && of('encryption') !== 'none') throw refuse('encryption must be none');
  if (security !== 'reality') return;
  if (!REALITY_KEY.test(of('pbk'))) throw refuse('security reality needs pbk, the public key of the server');
  if (of('sni') === '') throw refuse('security reality needs sni, the name of the site it looks like');
  if (!SHORT_ID.test(of('sid')))
    throw refuse('sid must be up to 16 hexadecimal digits, an even number of them');
}

function oneOf<T extends string>(known: readonly T[], name: string, value: string): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw refuse(`${name} is ${JSON.stringify(value)}; known: ${known.join(', ')}`);
}

const refuse = (why: string): AppError => new AppError('invalid', why);

/** Stricter than encodeURIComponent: quotes, brackets and asterisks are markup elsewhere. */
const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse('it has a % that is not followed by two hexadecimal digits of UTF-8');
  }
}
