import { expect, test } from 'bun:test';
import { configOf } from '../../../src/server/app/demo.ts';

test('E11: the demo touches nothing of the real Adit whose environment is in the shell', () => {
  const environment = {
    STATE_DIR: '/var/lib/adit',
    DATABASE_URL: 'postgres://adit@db/adit',
    BOT_TOKEN: '123456:the-real-one',
    WG_INTERFACE: 'wg0',
    WG_LISTEN_PORT: '51820',
    WG_POOL: '10.66.0.0/16',
    WG_POOL_V6: 'fd66::/64',
    WG_CONFIG_PATH: '/etc/wireguard/wg0.conf',
    WG_CONFIG_LOCK_PATH: '/run/wg0.lock',
    LOG_LEVEL: 'debug',
  };
  const config = configOf({ environment, cwd: '/' }, '/tmp/demo', 'http://127.0.0.1:1');
  expect(config.stateDir).toBe('/tmp/demo');
  expect(config.database.url).toBeNull();
  expect(config.telegram?.token.reveal()).not.toContain('real');
  expect(config.wireguard).toMatchObject({
    interfaceName: 'adit-demo',
    listenPort: 51_899,
    pool: '10.213.0.0/20',
    poolV6: null,
    configPath: '/tmp/demo/wg0.conf',
    configLockPath: '/tmp/demo/wg0.conf.lock',
  });
  // What harms nobody may still be set.
  expect(config.log.level).toBe('debug');
});
