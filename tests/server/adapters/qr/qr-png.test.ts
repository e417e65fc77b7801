import { expect, test } from 'bun:test';
import jsqr from 'jsqr';
import { createQrMaker } from '../../../../src/server/adapters/qr/qr-png.ts';
import { readPng } from '../../../support/read-png.ts';

const key = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64');

const config = (endpoint: string) =>
  [
    '[Interface]',
    `PrivateKey = ${key()}`,
    'Address = 10.66.255.254/32, fd00:66::fffe/128',
    'DNS = 1.1.1.1',
    'MTU = 1420',
    '',
    '[Peer]',
    `PublicKey = ${key()}`,
    'AllowedIPs = 0.0.0.0/0, ::/0',
    `Endpoint = ${endpoint}:51820`,
    'PersistentKeepalive = 25',
    '',
  ].join('\n');

const qr = createQrMaker();

/** jsqr is CommonJS whose types say otherwise. */
const decode = (jsqr as unknown as { default?: typeof jsqr }).default ?? jsqr;

function read(png: Uint8Array): string | undefined {
  const { rgba, width, height } = readPng(png);
  return decode(rgba, width, height)?.data;
}

test('a config comes back from its picture, whatever its keys and length', () => {
  for (const endpoint of ['1.2.3.4', 'vpn.example.org', `${'long.'.repeat(20)}example.org`]) {
    for (let each = 0; each < 5; each += 1) {
      const text = config(endpoint);
      expect(read(qr.png(text))).toBe(text);
    }
  }
});

test('a smudge over a tenth of the code is read through', () => {
  const text = config('vpn.example.org');
  const { rgba, width, height } = readPng(qr.png(text));
  for (let y = Math.floor(height * 0.4); y < height * 0.5; y += 1) {
    const start = (y * width + Math.floor(width * 0.4)) * 4;
    rgba.fill(255, start, start + Math.floor(width * 0.25) * 4);
  }
  expect(decode(rgba, width, height)?.data).toBe(text);
});

test('the picture is small, and within the sides Telegram takes for a photo', () => {
  const png = qr.png(config('vpn.example.org'));
  const { width, height } = readPng(png);
  expect(png.byteLength).toBeLessThan(10_000);
  expect(width).toBe(height);
  expect(width + height).toBeLessThan(10_000);
  expect(width).toBeGreaterThan(300);
});
