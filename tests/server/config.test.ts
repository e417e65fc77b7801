import { describe, expect, test } from 'bun:test';
import { inspect } from 'node:util';
import { type Config, type Environment, parseConfig } from '../../src/server/config.ts';

const surroundings = { asService: false, cwd: '/home/op' };
const MINIMAL = { WG_ENDPOINT: 'vpn.example.com:51820' };
const TOKEN = '123456:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc';
const WEBHOOK_SECRET = 'a'.repeat(32);

function accepted(environment: Environment, where = surroundings): Config {
  const { ok, problems } = parseConfig(environment, where);
  if (!ok) throw new Error(problems.join('\n'));
  return ok;
}

function problemsOf(environment: Environment): readonly string[] {
  return parseConfig(environment, surroundings).problems ?? [];
}

describe('defaults', () => {
  test('are those of the contract', () => {
    const config = accepted(MINIMAL);
    expect(config.database).toEqual({
      url: null,
      poolMin: 2,
      poolMax: 15,
      acquireTimeoutMs: 10_000,
      statementTimeoutMs: 5_000,
      idleInTransactionTimeoutMs: 5_000,
    });
    expect(config.telegram).toBeNull();
    expect(config.http).toEqual({ host: '127.0.0.1', port: 8080, metricsToken: null, trustedProxies: [] });
    expect(config.wireguard).toEqual({
      backend: 'auto',
      interfaceName: 'wg0',
      listenPort: 51_820,
      endpoint: { host: 'vpn.example.com', port: 51_820, text: 'vpn.example.com:51820' },
      pool: '10.66.0.0/16',
      poolV6: null,
      dns: ['1.1.1.1'],
      mtu: 1420,
      allowedIps: ['0.0.0.0/0'],
      keepaliveSeconds: 25,
      configPath: '/home/op/.adit/wg0.conf',
      configLockPath: '/home/op/.adit/wg0.conf.lock',
      commandTimeoutMs: 5_000,
    });
    expect(config.xray).toEqual({
      apiUrl: null,
      apiKey: null,
      apiTimeoutMs: 5_000,
      grpcAddress: null,
      grpcPackage: 'xray',
      inboundTag: 'vless',
      vlessLink: null,
      publicUrl: null,
      reconcileIntervalSeconds: 600,
      reconcileTimeoutSeconds: 20,
      reconcileBatchLimit: 100,
    });
    expect(config.reconcile).toEqual({
      intervalSeconds: 60,
      timeoutSeconds: 20,
      strangers: { policy: 'report', graceSeconds: 86_400 },
    });
    expect(config.access).toEqual({ trialDays: 3, devicesPerAccount: 3, trialTrafficBytes: null });
    expect(config.addressRestSeconds).toBe(3_600);
    expect(config.log).toEqual({ level: 'info', format: 'auto' });
  });

  test('the state lies in ./.adit, as a service in /var/lib/adit, or where STATE_DIR says', () => {
    expect(accepted(MINIMAL).stateDir).toBe('/home/op/.adit');
    expect(accepted(MINIMAL, { asService: true, cwd: '/' }).stateDir).toBe('/var/lib/adit');
    expect(accepted({ ...MINIMAL, STATE_DIR: 'state' }).stateDir).toBe('/home/op/state');
    expect(accepted({ ...MINIMAL, STATE_DIR: '/srv/adit' }).wireguard.configPath).toBe('/srv/adit/wg0.conf');
  });

  test('an IPv6 pool sends IPv6 through the tunnel too, unless WG_ALLOWED_IPS is set', () => {
    const environment = { ...MINIMAL, WG_POOL_V6: 'fd66:ad17::/64' };
    expect(accepted(environment).wireguard.allowedIps).toEqual(['0.0.0.0/0', '::/0']);
    const narrow = { ...environment, WG_ALLOWED_IPS: '10.0.0.0/8, fd00::/8' };
    expect(accepted(narrow).wireguard.allowedIps).toEqual(['10.0.0.0/8', 'fd00::/8']);
  });

  test('empty values and spaces round a value do not matter', () => {
    const config = accepted({ ...MINIMAL, BOT_TOKEN: '', DATABASE_URL: '  ', HTTP_PORT: ' 9000\r' });
    expect(config.telegram).toBeNull();
    expect(config.database.url).toBeNull();
    expect(config.http.port).toBe(9000);
  });

  test('trusted proxies are networks of both families, and none at first', () => {
    const some = accepted({ TRUSTED_PROXIES: '127.0.0.1/32, fd00::/8', WG_BACKEND: 'memory' });
    expect(some.http.trustedProxies).toEqual(['127.0.0.1/32', 'fd00::/8']);
    expect(accepted({ WG_BACKEND: 'memory' }).http.trustedProxies).toEqual([]);
  });

  test('the memory backend needs no endpoint', () => {
    expect(accepted({ WG_BACKEND: 'memory' }).wireguard.endpoint).toBeNull();
  });
});

describe('one wrong value is one problem, and names what is right', () => {
  const bad: readonly (readonly [name: string, value: string, says: string])[] = [
    ['DATABASE_URL', 'mysql://a/b', 'postgres://'],
    ['DATABASE_URL', 'not a url', 'postgres://'],
    ['DB_POOL_MAX', '3', 'from 4 to 500'],
    ['DB_POOL_MAX', 'many', 'a whole number'],
    ['DB_POOL_MIN', '-1', 'a whole number'],
    ['DB_POOL_MIN', '2.5', 'a whole number'],
    ['DB_POOL_MIN', '16', 'above DB_POOL_MAX'],
    ['DB_ACQUIRE_TIMEOUT_MS', '0', 'from 100'],
    ['PG_STATEMENT_TIMEOUT_MS', '5s', 'a whole number'],
    ['PG_IDLE_IN_TX_TIMEOUT_MS', '1e3', 'a whole number'],
    ['BOT_TOKEN', 'hello', 'BotFather'],
    ['TELEGRAM_API_ROOT', 'api.telegram.org', 'https://'],
    ['TELEGRAM_MODE', 'push', 'polling, webhook'],
    ['WEBHOOK_URL', 'http://a.example', 'https://'],
    ['WEBHOOK_SECRET', 'a'.repeat(31), '32 to 256'],
    ['WEBHOOK_SECRET', `${'a'.repeat(40)}!`, '32 to 256'],
    ['HTTP_HOST', 'no host', 'host name'],
    ['HTTP_PORT', '65536', '65535'],
    ['METRICS_TOKEN', 'short', '16 characters'],
    ['TRUSTED_PROXIES', '10.0.0.1', 'networks such as'],
    ['TRUSTED_PROXIES', 'everybody', 'networks such as'],
    ['WG_BACKEND', 'docker', 'kernel'],
    ['WG_INTERFACE', 'sixteen-letters-', '15 characters'],
    ['WG_INTERFACE', 'wg/0', 'slash'],
    ['WG_INTERFACE', 'wg 0', 'space'],
    ['WG_INTERFACE', '..', 'interface name'],
    ['WG_LISTEN_PORT', '0', 'from 1'],
    ['WG_ENDPOINT', 'vpn.example.com', 'host:port'],
    ['WG_ENDPOINT', 'vpn.example.com:0', 'host:port'],
    ['WG_ENDPOINT', 'vpn.example.com:70000', 'host:port'],
    ['WG_ENDPOINT', '2001:db8::1:51820', '[address]:port'],
    ['WG_ENDPOINT', '[2001:db8::zz]:51820', '[address]:port'],
    ['WG_ENDPOINT', '1.2.3.400:51820', 'host:port'],
    ['WG_ENDPOINT', 'a.example:51820\n[Peer]', 'host:port'],
    ['WG_POOL', '10.66.0.0', '/8 to /30'],
    ['WG_POOL', '10.66.0.1/16', 'first address'],
    ['WG_POOL', '10.66.0.0/31', '/8 to /30'],
    ['WG_POOL', '10.66.0.0/32', '/8 to /30'],
    ['WG_POOL', '8.8.0.0/16', 'private'],
    ['WG_POOL', '172.32.0.0/16', 'private'],
    ['WG_POOL', '0.0.0.0/0', 'private'],
    ['WG_POOL_V6', 'fe80::/64', 'unique local'],
    ['WG_POOL_V6', 'fd66::/120', 'fewer addresses than WG_POOL'],
    ['WG_DNS', '1.1.1.1,', 'separated by commas'],
    ['WG_DNS', '1.1.1.1\nPostUp = reboot', 'separated by commas'],
    ['WG_MTU', '1279', 'from 1280 to 1500'],
    ['WG_MTU', '1501', 'from 1280 to 1500'],
    ['WG_ALLOWED_IPS', '0.0.0.0', 'networks'],
    ['WG_KEEPALIVE', '65536', '65535'],
    ['WG_COMMAND_TIMEOUT_MS', '10', 'from 100'],
    ['XRAY_API_URL', 'ftp://a', 'https://'],
    ['XRAY_GRPC_ADDRESS', '127.0.0.1', 'host:port'],
    ['XRAY_GRPC_PACKAGE', 'Xray!', 'package name'],
    ['VLESS_LINK', 'https://a', 'vless://'],
    ['VLESS_LINK', 'vless://x@h:1?security=xtls', 'security is "xtls"'],
    ['VLESS_LINK', 'vless://x@h.example', 'no port'],
    ['VLESS_LINK', 'vless://x@h.example:443?security=tls', 'XRAY_GRPC_ADDRESS'],
    ['PUBLIC_URL', 'vpn.example.com', 'https://'],
    ['RECONCILE_INTERVAL_SECONDS', '0', 'from 1'],
    ['XRAY_RECONCILIATION_BATCH_LIMIT', '0', 'from 1'],
    ['TRIAL_DAYS', '-1', 'a whole number'],
    ['DEVICES_PER_ACCOUNT', '0', 'from 1'],
    ['LOG_LEVEL', 'verbose', 'debug, info, warn, error'],
    ['LOG_FORMAT', 'xml', 'auto, json, pretty'],
    ['ADDRESS_REST_SECONDS', 'hour', 'a whole number'],
  ];
  test.each(bad)('%s=%s', (name, value, says) => {
    const problems = problemsOf({ ...MINIMAL, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toStartWith(name);
    expect(problems[0]).toContain(says);
  });
});

describe('right values', () => {
  const good: readonly (readonly [
    name: string,
    value: string,
    read: (config: Config) => unknown,
    expected: unknown,
  ])[] = [
    ['WG_ENDPOINT', '203.0.113.7:1', (c) => c.wireguard.endpoint?.host, '203.0.113.7'],
    ['WG_ENDPOINT', '[2001:db8::1]:51820', (c) => c.wireguard.endpoint?.host, '2001:db8::1'],
    ['WG_ENDPOINT', '[2001:db8::1]:51820', (c) => c.wireguard.endpoint?.text, '[2001:db8::1]:51820'],
    ['WG_POOL', '10.0.0.0/8', (c) => c.wireguard.pool, '10.0.0.0/8'],
    ['WG_POOL', '192.168.7.4/30', (c) => c.wireguard.pool, '192.168.7.4/30'],
    ['WG_POOL', '100.64.0.0/10', (c) => c.wireguard.pool, '100.64.0.0/10'],
    ['WG_POOL_V6', 'fd66::/112', (c) => c.wireguard.poolV6, 'fd66::/112'],
    ['WG_DNS', '1.1.1.1, 2606:4700::1111', (c) => c.wireguard.dns, ['1.1.1.1', '2606:4700::1111']],
    ['WG_INTERFACE', 'fifteen-letters', (c) => c.wireguard.interfaceName, 'fifteen-letters'],
    ['WG_MTU', '1280', (c) => c.wireguard.mtu, 1280],
    ['DB_POOL_MAX', '4', (c) => c.database.poolMax, 4],
    ['HTTP_PORT', '0', (c) => c.http.port, 0],
    ['HTTP_HOST', '::1', (c) => c.http.host, '::1'],
    ['TRIAL_DAYS', '0', (c) => c.access.trialDays, 0],
    ['TRIAL_TRAFFIC_GB', '0.5', (c) => c.access.trialTrafficBytes, 500_000_000],
    ['XRAY_GRPC_PACKAGE', 'v2ray.core', (c) => c.xray.grpcPackage, 'v2ray.core'],
    ['XRAY_API_URL', 'https://panel.example/', (c) => c.xray.apiUrl, 'https://panel.example'],
    ['DATABASE_URL', 'postgres://u:p@db/adit', (c) => c.database.url?.reveal(), 'postgres://u:p@db/adit'],
    ['BOT_TOKEN', TOKEN, (c) => c.telegram?.token.reveal(), TOKEN],
  ];
  test.each(good)('%s=%s', (name, value, read, expected) => {
    expect(read(accepted({ ...MINIMAL, [name]: value }))).toEqual(expected);
  });

  test('a webhook with all it needs', () => {
    const config = accepted({
      ...MINIMAL,
      BOT_TOKEN: TOKEN,
      TELEGRAM_MODE: 'webhook',
      WEBHOOK_URL: 'https://bot.example/telegram/hook',
      WEBHOOK_SECRET,
    });
    const updates = config.telegram?.updates;
    expect(updates?.kind === 'webhook' && updates.secret.reveal()).toBe(WEBHOOK_SECRET);
  });
});

describe('problems together', () => {
  test('all are told at once', () => {
    const problems = problemsOf({
      DB_POOL_MAX: '1',
      WG_MTU: '9000',
      WG_POOL: '1.1.1.0/24',
      LOG_LEVEL: 'loud',
    });
    const names = problems.map((problem) => problem.split(' ')[0]);
    expect(names.toSorted()).toEqual(['DB_POOL_MAX', 'LOG_LEVEL', 'WG_ENDPOINT', 'WG_MTU', 'WG_POOL']);
  });

  test('a webhook at the place of the dashboard is refused, with a better one', () => {
    const webhook = { TELEGRAM_MODE: 'webhook', BOT_TOKEN: TOKEN, WEBHOOK_SECRET };
    expect(problemsOf({ ...MINIMAL, ...webhook, WEBHOOK_URL: 'https://bot.example/' })).toEqual([
      'WEBHOOK_URL is https://bot.example/; it needs a path, such as https://bot.example/telegram/hook',
    ]);
  });

  test('F-S13: a webhook without token, URL and secret is refused, each by name', () => {
    const problems = problemsOf({ ...MINIMAL, TELEGRAM_MODE: 'webhook' });
    expect(problems).toEqual([
      'BOT_TOKEN is not set; TELEGRAM_MODE=webhook needs it',
      'WEBHOOK_URL is not set; TELEGRAM_MODE=webhook needs it',
      'WEBHOOK_SECRET is not set; TELEGRAM_MODE=webhook needs it',
    ]);
  });

  test('a verb that makes no interface, such as `adit status` typed on the server, does without WG_ENDPOINT', () => {
    const bare = { asService: false, cwd: '/home/op', withoutInterface: true };
    expect(accepted({}, bare).wireguard.endpoint).toBeNull();
    expect(parseConfig({ DB_POOL_MIN: '9', DB_POOL_MAX: '5' }, bare).problems).toHaveLength(1);
  });

  test.each(['auto', 'kernel', 'userspace'])('WG_BACKEND=%s needs WG_ENDPOINT', (backend) => {
    expect(problemsOf({ WG_BACKEND: backend })[0]).toStartWith('WG_ENDPOINT is not set');
  });

  test.each([
    ['DB_POOLMAX', 'DB_POOL_MAX'],
    ['WG_ENPOINT', 'WG_ENDPOINT'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['BOTTOKEN', 'BOT_TOKEN'],
    ['bot_token', 'BOT_TOKEN'],
    ['XRAY_RECONCILATION_BATCH_LIMIT', 'XRAY_RECONCILIATION_BATCH_LIMIT'],
  ])('%s: did you mean %s?', (name, meant) => {
    expect(problemsOf({ ...MINIMAL, [name]: '20' })).toEqual([
      `${name} is not a name Adit knows; did you mean ${meant}?`,
    ]);
  });

  test('the rest of an environment is none of our business', () => {
    const usual = [
      'PATH',
      'HOME',
      'LANG',
      'TERM',
      'SHELL',
      'HOSTNAME',
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'NO_PROXY',
      'CI',
    ];
    const systemd = ['STATE_DIRECTORY', 'LOGS_DIRECTORY', 'NOTIFY_SOCKET', 'WATCHDOG_USEC', 'INVOCATION_ID'];
    const postgres = ['PGHOST', 'PGUSER', 'PGDATABASE', 'POSTGRES_PASSWORD', 'DB_HOST', 'DB_NAME', 'DB_PORT'];
    const names = [...usual, ...systemd, ...postgres];
    expect(problemsOf({ ...MINIMAL, ...Object.fromEntries(names.map((name) => [name, 'x'])) })).toEqual([]);
  });
});

describe('secrets', () => {
  const environment = {
    ...MINIMAL,
    BOT_TOKEN: TOKEN,
    DATABASE_URL: 'postgres://u:hunter2@db/adit',
    METRICS_TOKEN: 'metrics-token-0123',
    XRAY_API_KEY: 'xray-key',
    TELEGRAM_MODE: 'webhook',
    WEBHOOK_URL: 'https://bot.example/telegram/hook',
    WEBHOOK_SECRET,
  };

  test('print as [secret] in JSON, inspection and text', () => {
    const config = accepted(environment);
    const shown = [JSON.stringify(config), inspect(config, { depth: 9 }), Bun.inspect(config, { depth: 9 })];
    const text = [...shown, `${config.telegram?.token}`, String(config.database.url)].join('\n');
    for (const secret of [TOKEN, 'hunter2', 'metrics-token-0123', 'xray-key', WEBHOOK_SECRET]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('[secret]');
  });

  test('are not repeated in problems', () => {
    const problems = problemsOf({ ...environment, BOT_TOKEN: 'my secret', DATABASE_URL: 'db://u:hunter2@x' });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toMatch(/my secret|hunter2/);
  });
});
