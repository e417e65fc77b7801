/**
 * Every environment variable Adit reads: what it may hold, what it is when unset, what it means. The problems at
 * start, the types and docs/configuration.md all come from here. An empty value counts as unset.
 */
import type { z } from 'zod';
import {
  dnsList,
  endpoint,
  gigabytes,
  interfaceName,
  type Kind,
  listenHost,
  matching,
  networkList,
  oneOf,
  secret,
  text,
  url,
  wholeNumber,
} from './kinds.ts';
import { ipv4Pool, ipv6Pool } from './networks.ts';

export interface Variable<T> {
  readonly accepts: string;
  readonly schema: z.ZodType<T, string | undefined>;
  readonly secret: boolean;
  /** As the reference shows it. */
  readonly standard: string;
  readonly means: string;
}

function variable<T>(kind: Kind<T>, standard: string, means: string): Variable<T> {
  const { accepts, secret: hidden = false } = kind;
  return { accepts, schema: kind.schema.prefault(standard), secret: hidden, standard, means };
}

/** Null when unset. `standard` says in words what happens then. */
function optional<T>(kind: Kind<T>, means: string, standard = 'unset'): Variable<T | null> {
  const { accepts, secret: hidden = false } = kind;
  const schema = kind.schema.optional().transform((value) => value ?? null);
  return { accepts, schema, secret: hidden, standard, means };
}

const milliseconds = wholeNumber(100, 600_000);

const files = {
  STATE_DIR: optional(
    text,
    'Folder of keys, bundled database and files; mode 0700.',
    '/var/lib/adit as a service, else ./.adit',
  ),
};

const database = {
  DATABASE_URL: optional(
    secret(url('postgres', 'postgresql')),
    'Your own PostgreSQL. Unset: the bundled one, in STATE_DIR, reachable from this machine only.',
    'unset: the bundled PostgreSQL',
  ),
  DB_POOL_MIN: variable(wholeNumber(0, 500), '2', 'Connections kept open when nothing happens.'),
  DB_POOL_MAX: variable(
    wholeNumber(4, 500),
    '15',
    'Most connections of the whole process, jobs included; the server never sees more.',
  ),
  DB_ACQUIRE_TIMEOUT_MS: variable(
    milliseconds,
    '10000',
    'Longest wait for a free connection; then the caller hears "try again".',
  ),
  PG_STATEMENT_TIMEOUT_MS: variable(milliseconds, '5000', 'Longest statement; set on every session.'),
  PG_IDLE_IN_TX_TIMEOUT_MS: variable(
    milliseconds,
    '5000',
    'Longest pause inside a transaction; set on every session.',
  ),
};

const telegram = {
  BOT_TOKEN: optional(
    secret(matching(/^\d+:[A-Za-z0-9_-]+$/, 'a token as BotFather gives it, such as 123456:ABC…')),
    'The bot. Unset: dashboard and tunnels only.',
    'unset: no bot',
  ),
  TELEGRAM_API_ROOT: variable(
    url('https', 'http'),
    'https://api.telegram.org',
    'Another Bot API server: a local one, or the simulator.',
  ),
  TELEGRAM_MODE: variable(
    oneOf('polling', 'webhook'),
    'polling',
    'How updates arrive. `webhook` needs WEBHOOK_URL and WEBHOOK_SECRET.',
  ),
  WEBHOOK_URL: optional(
    url('https'),
    'Where Telegram reaches this program, such as https://vpn.example.com/telegram/hook; updates are taken at this very path.',
  ),
  WEBHOOK_SECRET: optional(
    secret(matching(/^[A-Za-z0-9_-]{32,256}$/, '32 to 256 characters of A–Z, a–z, 0–9, _ and -')),
    'Proves that an update comes from Telegram. `openssl rand -hex 32` makes one.',
  ),
};

const http = {
  HTTP_HOST: variable(listenHost, '127.0.0.1', 'Address the dashboard, health and metrics listen at.'),
  HTTP_PORT: variable(wholeNumber(0, 65_535), '8080', 'Its port; 0 takes a free one.'),
  GATEWAY_WS_MAX_OUTBOX: variable(
    wholeNumber(1, 10_000),
    '100',
    'Frames that may wait for one open page of the dashboard; a page slower than that is cut off and comes back.',
  ),
  GATEWAY_MAX_VIEWERS: variable(
    wholeNumber(1, 50_000),
    '2500',
    'Open pages of the dashboard that are kept up to date at once, some 8 KB each; further ones are told to wait.',
  ),
  TRUSTED_PROXIES: optional(
    networkList,
    'Networks of reverse proxies in front of the dashboard: only theirs are the X-Forwarded-For, -Proto and -Host that are believed.',
    'unset: none',
  ),
  METRICS_TOKEN: optional(
    secret(matching(/^\S{16,}$/, 'at least 16 characters without spaces')),
    'Lets other machines read /metrics with `Authorization: Bearer …`.',
    'unset: loopback only',
  ),
};

const wireguard = {
  WG_BACKEND: variable(
    oneOf('auto', 'kernel', 'userspace', 'memory'),
    'auto',
    '`auto` takes the kernel, else wireguard-go; `memory` has no interface: for a demo and tests.',
  ),
  WG_INTERFACE: variable(interfaceName, 'wg0', 'Name of the interface.'),
  WG_LISTEN_PORT: variable(wholeNumber(1, 65_535), '51820', 'UDP port of the interface.'),
  WG_ENDPOINT: optional(
    endpoint,
    'What clients dial. Required unless WG_BACKEND is memory.',
    'required with a real interface',
  ),
  WG_POOL: variable(
    ipv4Pool,
    '10.66.0.0/16',
    "The clients' addresses; the first usable one is the server's.",
  ),
  WG_POOL_V6: optional(ipv6Pool, 'Gives every client an IPv6 address too, at the same offset.'),
  WG_DNS: variable(dnsList, '1.1.1.1', 'Goes into client configs.'),
  WG_MTU: variable(wholeNumber(1280, 1500), '1420', 'Goes into client configs.'),
  WG_ALLOWED_IPS: optional(
    networkList,
    'What clients send through the tunnel.',
    '0.0.0.0/0, and ::/0 when WG_POOL_V6 is set',
  ),
  WG_KEEPALIVE: variable(
    wholeNumber(0, 65_535),
    '25',
    'Seconds between keepalives in client configs; 0: none.',
  ),
  WG_CONFIG_PATH: optional(text, 'The config file of the interface.', 'wg0.conf in STATE_DIR'),
  WG_CONFIG_LOCK_PATH: optional(
    text,
    'The file whose flock guards the config file; other tools may take it too.',
    'WG_CONFIG_PATH with .lock',
  ),
  WG_COMMAND_TIMEOUT_MS: variable(milliseconds, '5000', 'Longest run of any child process.'),
};

const xray = {
  PUBLIC_URL: optional(
    url('https', 'http'),
    'Where clients reach this program from outside, such as https://vpn.example.com: subscription links lie below it, at /s/…. Unset: none are offered.',
  ),
  XRAY_API_URL: optional(
    url('https', 'http'),
    'The user API of an Xray on another machine: `adit xray-api` there (docs/xray-api.md).',
  ),
  XRAY_API_KEY: optional(
    secret(text),
    'Its key. For `adit xray-api` itself: the key it asks for, at least 32 characters.',
  ),
  XRAY_API_TIMEOUT_MS: variable(milliseconds, '5000', 'Longest call, connect to last byte of the answer.'),
  XRAY_GRPC_ADDRESS: optional(
    endpoint,
    "The API inbound of this machine's own Xray, such as 127.0.0.1:10085.",
  ),
  XRAY_GRPC_PACKAGE: variable(
    matching(/^[a-z0-9]+(\.[a-z0-9]+)*$/, 'a package name such as xray'),
    'xray',
    'First part of its message names; `v2ray.core` for v2ray.',
  ),
  XRAY_INBOUND_TAG: variable(text, 'vless', 'The inbound that users are added to.'),
  VLESS_LINK: optional(
    matching(/^vless:\/\/\S+$/, 'a link that begins with vless://'),
    'What clients dial: a link with security, host, port, path or Reality keys; user id and name are filled in. VLESS is on sale when it is set.',
  ),
};

const reconcile = {
  RECONCILE_INTERVAL_SECONDS: variable(wholeNumber(1, 86_400), '60', 'WireGuard: between two comparisons.'),
  RECONCILE_TIMEOUT_SECONDS: variable(wholeNumber(1, 3_600), '20', 'WireGuard: longest comparison.'),
  XRAY_RECONCILIATION_INTERVAL_SECONDS: variable(
    wholeNumber(1, 86_400),
    '600',
    'Xray: between two comparisons.',
  ),
  XRAY_RECONCILIATION_TIMEOUT_SECONDS: variable(wholeNumber(1, 3_600), '20', 'Xray: longest comparison.'),
  XRAY_RECONCILIATION_BATCH_LIMIT: variable(
    wholeNumber(1, 100_000),
    '100',
    'Xray: most removals in one run.',
  ),
  FOREIGN_PEERS: variable(
    oneOf('report', 'adopt', 'remove'),
    'report',
    'What is done about peers on a node that Adit did not put there. `report` lists them; `adopt` puts them back when they are lost, as if they were its own; `remove` takes them away after FOREIGN_GRACE_SECONDS.',
  ),
  FOREIGN_GRACE_SECONDS: variable(
    wholeNumber(0, 31_536_000),
    '86400',
    'How long such a peer is left alone before `remove` takes it away.',
  ),
  ADDRESS_REST_SECONDS: variable(
    wholeNumber(0, 31_536_000),
    '3600',
    'How long a freed address rests before somebody else gets it.',
  ),
};

const watchdog = {
  WATCHDOG_SECONDS: variable(
    wholeNumber(0, 3_600),
    '30',
    'The process ends, for its supervisor to start it again, when its event loop has stood still for so long; 0: never, it is only said.',
  ),
};

const access = {
  TRIAL_DAYS: variable(wholeNumber(0, 3_650), '3', 'Length of the free trial; 0: no trials.'),
  TRIAL_TRAFFIC_GB: optional(
    gigabytes(1_000_000),
    'What a trial may use, both directions together, in gigabytes of 10^9 bytes; then it ends. Trials taken before keep what they had.',
    'unset: no limit',
  ),
  DEVICES_PER_ACCOUNT: variable(wholeNumber(1, 1_000), '3', 'Most devices of one account.'),
};

const log = {
  LOG_LEVEL: variable(oneOf('debug', 'info', 'warn', 'error'), 'info', 'The least that is logged.'),
  LOG_FORMAT: variable(
    oneOf('auto', 'json', 'pretty'),
    'auto',
    '`auto`: readable on a terminal, JSON lines elsewhere.',
  ),
};

/** In the order of the reference. */
export const variableGroups = {
  Files: files,
  Database: database,
  Telegram: telegram,
  HTTP: http,
  WireGuard: wireguard,
  'Xray and VLESS': xray,
  Reconciling: reconcile,
  Access: access,
  Watchdog: watchdog,
  Log: log,
};

export const variables = {
  ...files,
  ...database,
  ...telegram,
  ...http,
  ...wireguard,
  ...xray,
  ...reconcile,
  ...access,
  ...watchdog,
  ...log,
};

export type VariableName = keyof typeof variables;

/** Every variable after its own check. */
export type Values = { readonly [N in VariableName]: z.output<(typeof variables)[N]['schema']> };
