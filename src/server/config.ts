import { join, resolve } from 'node:path';
import type { Endpoint } from './config/kinds.ts';
import { type Rule, rules } from './config/rules.ts';
import { effectiveSettings, type SettingGroup } from './config/settings.ts';
import { similarName } from './config/similar-name.ts';
import { type Values, type VariableName, variables } from './config/variables.ts';
import type { AccessRules } from './core/access.ts';
import type { Secret } from './core/secret.ts';

/** Everything an operator can set, checked and typed. Times keep the unit of their name. */
export interface Config {
  readonly stateDir: string;
  readonly database: {
    /** Null: the bundled PostgreSQL. */
    readonly url: Secret | null;
    readonly poolMin: number;
    readonly poolMax: number;
    readonly acquireTimeoutMs: number;
    readonly statementTimeoutMs: number;
    readonly idleInTransactionTimeoutMs: number;
  };
  /** Null: no bot. */
  readonly telegram: {
    readonly token: Secret;
    readonly apiRoot: string;
    readonly updates: UpdateSource;
  } | null;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly metricsToken: Secret | null;
    /** Networks whose forwarding headers are believed. */
    readonly trustedProxies: readonly string[];
  };
  /** Pages of the dashboard that are kept up to date. */
  readonly live: { readonly maxOutbox: number; readonly maxViewers: number };
  readonly wireguard: WireguardConfig;
  readonly xray: XrayConfig;
  readonly reconcile: ReconcileConfig;
  readonly addressRestSeconds: number;
  readonly access: AccessRules;
  /** How long the event loop may stand still; null: as long as it likes. */
  readonly watchdog: { readonly endMs: number | null };
  readonly log: { readonly level: Values['LOG_LEVEL']; readonly format: Values['LOG_FORMAT'] };
  /** What was set and what is standard, for the dashboard; secrets are not in it. */
  readonly settings: readonly SettingGroup[];
}

export type UpdateSource =
  | { readonly kind: 'polling' }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: Secret };

export interface ReconcileConfig {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Of both protocols. */
  readonly strangers: { readonly policy: Values['FOREIGN_PEERS']; readonly graceSeconds: number };
}

export interface WireguardConfig {
  readonly backend: Values['WG_BACKEND'];
  readonly interfaceName: string;
  readonly listenPort: number;
  /** Null only with the memory backend. */
  readonly endpoint: Endpoint | null;
  readonly pool: string;
  readonly poolV6: string | null;
  readonly dns: readonly string[];
  readonly mtu: number;
  readonly allowedIps: readonly string[];
  readonly keepaliveSeconds: number;
  readonly configPath: string;
  readonly configLockPath: string;
  readonly commandTimeoutMs: number;
}

export interface XrayConfig {
  readonly apiUrl: string | null;
  readonly apiKey: Secret | null;
  readonly apiTimeoutMs: number;
  readonly grpcAddress: Endpoint | null;
  readonly grpcPackage: string;
  readonly inboundTag: string;
  /** Null: VLESS is not on sale. */
  readonly vlessLink: string | null;
  /** Where subscription links lie, without an end slash; null: none are offered. */
  readonly publicUrl: string | null;
  readonly reconcileIntervalSeconds: number;
  readonly reconcileTimeoutSeconds: number;
  readonly reconcileBatchLimit: number;
}

/** Where the program runs, for defaults of paths, and what for. */
export interface Surroundings {
  /** Started by systemd: state lies in /var/lib/adit. */
  readonly asService: boolean;
  /** Relative paths start here. */
  readonly cwd: string;
  /** A verb that never makes the interface needs nothing that only the interface needs. */
  readonly withoutInterface?: boolean;
  /** `adit xray-api`: no interface, and an Xray for certain. */
  readonly asXrayApi?: boolean;
}

export type ParsedConfig =
  | { readonly ok: Config; readonly problems?: undefined }
  | { readonly ok?: undefined; readonly problems: readonly string[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Pure. Answers the whole config, or every problem at once, one sentence each; secrets are never repeated. */
export function parseConfig(environment: Environment, surroundings: Surroundings): ParsedConfig {
  const { values, problems } = parseValues(environment);
  const wrong = new Set(problems.keys());
  const broken = rules
    .filter((rule) => !rule.about.some((name) => wrong.has(name)))
    .filter((rule) => rule.of === undefined || rule.of === purposeOf(surroundings))
    .flatMap((rule) => rule.problem(values) ?? []);
  const all = [...problems.values(), ...broken, ...misspelled(environment)];
  return all.length > 0
    ? { problems: all }
    : { ok: { ...buildConfig(values, surroundings), settings: effectiveSettings(environment) } };
}

function purposeOf({ asXrayApi, withoutInterface }: Surroundings): Rule['of'] {
  if (asXrayApi) return 'xray-api';
  return withoutInterface ? undefined : 'interface';
}

/** `values` is whole only where `problems` has no entry. */
function parseValues(environment: Environment): { values: Values; problems: Map<VariableName, string> } {
  const values: Record<string, unknown> = {};
  const problems = new Map<VariableName, string>();
  for (const name of Object.keys(variables) as VariableName[]) {
    const { schema, accepts, secret } = variables[name];
    const given = environment[name]?.trim() || undefined;
    const parsed = schema.safeParse(given);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.set(name, `${name} is ${secret ? 'not right' : JSON.stringify(given)}; it must be ${accepts}`);
  }
  return { values: values as unknown as Values, problems };
}

/** A misspelled name would leave its default in force in silence; that is refused. */
function misspelled(environment: Environment): readonly string[] {
  const known = Object.keys(variables);
  return Object.keys(environment)
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = similarName(name, known);
      return meant ? [`${name} is not a name Adit knows; did you mean ${meant}?`] : [];
    });
}

function buildConfig(values: Values, surroundings: Surroundings): Omit<Config, 'settings'> {
  const stateDir = resolve(
    surroundings.cwd,
    values.STATE_DIR ?? (surroundings.asService ? '/var/lib/adit' : '.adit'),
  );
  return {
    stateDir,
    database: databaseConfig(values),
    telegram: telegramConfig(values),
    http: {
      host: values.HTTP_HOST,
      port: values.HTTP_PORT,
      metricsToken: values.METRICS_TOKEN,
      trustedProxies: values.TRUSTED_PROXIES ?? [],
    },
    live: { maxOutbox: values.GATEWAY_WS_MAX_OUTBOX, maxViewers: values.GATEWAY_MAX_VIEWERS },
    wireguard: wireguardConfig(values, stateDir, surroundings.cwd),
    xray: xrayConfig(values),
    reconcile: {
      intervalSeconds: values.RECONCILE_INTERVAL_SECONDS,
      timeoutSeconds: values.RECONCILE_TIMEOUT_SECONDS,
      strangers: { policy: values.FOREIGN_PEERS, graceSeconds: values.FOREIGN_GRACE_SECONDS },
    },
    addressRestSeconds: values.ADDRESS_REST_SECONDS,
    access: {
      trialDays: values.TRIAL_DAYS,
      devicesPerAccount: values.DEVICES_PER_ACCOUNT,
      trialTrafficBytes: values.TRIAL_TRAFFIC_GB,
    },
    watchdog: { endMs: values.WATCHDOG_SECONDS === 0 ? null : values.WATCHDOG_SECONDS * 1_000 },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
  };
}

function databaseConfig(values: Values): Config['database'] {
  return {
    url: values.DATABASE_URL,
    poolMin: values.DB_POOL_MIN,
    poolMax: values.DB_POOL_MAX,
    acquireTimeoutMs: values.DB_ACQUIRE_TIMEOUT_MS,
    statementTimeoutMs: values.PG_STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: values.PG_IDLE_IN_TX_TIMEOUT_MS,
  };
}

function telegramConfig(values: Values): Config['telegram'] {
  const { BOT_TOKEN: token, WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = values;
  if (token === null) return null;
  const byWebhook = values.TELEGRAM_MODE === 'webhook' && url !== null && secret !== null;
  const updates: UpdateSource = byWebhook ? { kind: 'webhook', url, secret } : { kind: 'polling' };
  return { token, apiRoot: withoutEndSlash(values.TELEGRAM_API_ROOT), updates };
}

function wireguardConfig(values: Values, stateDir: string, cwd: string): WireguardConfig {
  const configPath = resolve(cwd, values.WG_CONFIG_PATH ?? join(stateDir, 'wg0.conf'));
  const everything = values.WG_POOL_V6 === null ? ['0.0.0.0/0'] : ['0.0.0.0/0', '::/0'];
  return {
    backend: values.WG_BACKEND,
    interfaceName: values.WG_INTERFACE,
    listenPort: values.WG_LISTEN_PORT,
    endpoint: values.WG_ENDPOINT,
    pool: values.WG_POOL,
    poolV6: values.WG_POOL_V6,
    dns: values.WG_DNS,
    mtu: values.WG_MTU,
    allowedIps: values.WG_ALLOWED_IPS ?? everything,
    keepaliveSeconds: values.WG_KEEPALIVE,
    configPath,
    configLockPath: resolve(cwd, values.WG_CONFIG_LOCK_PATH ?? `${configPath}.lock`),
    commandTimeoutMs: values.WG_COMMAND_TIMEOUT_MS,
  };
}

function xrayConfig(values: Values): XrayConfig {
  return {
    apiUrl: values.XRAY_API_URL === null ? null : withoutEndSlash(values.XRAY_API_URL),
    apiKey: values.XRAY_API_KEY,
    apiTimeoutMs: values.XRAY_API_TIMEOUT_MS,
    grpcAddress: values.XRAY_GRPC_ADDRESS,
    grpcPackage: values.XRAY_GRPC_PACKAGE,
    inboundTag: values.XRAY_INBOUND_TAG,
    vlessLink: values.VLESS_LINK,
    publicUrl: values.PUBLIC_URL === null ? null : withoutEndSlash(values.PUBLIC_URL),
    reconcileIntervalSeconds: values.XRAY_RECONCILIATION_INTERVAL_SECONDS,
    reconcileTimeoutSeconds: values.XRAY_RECONCILIATION_TIMEOUT_SECONDS,
    reconcileBatchLimit: values.XRAY_RECONCILIATION_BATCH_LIMIT,
  };
}

function withoutEndSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
