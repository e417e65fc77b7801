import { describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog, type LogOptions } from '../../../../src/server/adapters/log/log.ts';
import { AppError } from '../../../../src/server/core/errors.ts';
import { mountTmpfs } from '../../../support/tmpfs.ts';

const LOG = new URL('../../../../src/server/adapters/log/log.ts', import.meta.url).pathname;
const TOKEN = '123456:AAH-token_of_the_bot';
const PASSWORD = 'p"ss/w+rd \\ #1';
const WG_KEY = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=';

function setUp(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log = createLog({ level: 'debug', format: 'json', secrets: [TOKEN, PASSWORD], write, ...options });
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) };
}

describe('a line', () => {
  test('is JSON with level, time, fields and message, written before the call returns', () => {
    const { log, lines, last } = setUp();
    log.info({ account: 7 }, 'hello');
    expect(lines).toHaveLength(1);
    expect(last()).toMatchObject({ level: 'info', account: 7, msg: 'hello' });
    expect(Date.parse(last().time)).toBeGreaterThan(0);
    expect(lines[0]).toEndWith('}\n');
  });

  test('below the level is not written', () => {
    const { log, lines } = setUp({ level: 'warn' });
    log.debug({}, 'no');
    log.info({}, 'no');
    log.warn({}, 'yes');
    log.error({}, 'yes');
    expect(lines).toHaveLength(2);
  });

  test('of a child carries the fields of its parents', () => {
    const { log, last } = setUp();
    log.child({ call: 'a', password: 'x' }).child({ try: 2 }).warn({ ms: 3 }, 'm');
    expect(last()).toMatchObject({ call: 'a', password: '[secret]', try: 2, ms: 3 });
  });

  test('can be readable', () => {
    const { log, lines } = setUp({ format: 'pretty' });
    log.warn({ account: 7, url: `https://api.telegram.org/bot${TOKEN}/getMe` }, 'hello');
    expect(lines[0]).toMatch(/WARN: hello .*"account":7.*bot\[secret\]\/getMe/);
  });

  test('goes to standard output, whole, though the program exits at once', async () => {
    const program = `const { createLog } = await import(${JSON.stringify(LOG)});
      const log = createLog({ level: 'info', format: process.argv[1], secrets: [] });
      for (let i = 0; i < 2000; i++) log.info({ i }, 'x'.repeat(200));
      process.exit(0);`;
    for (const format of ['json', 'pretty']) {
      const child = Bun.spawn([process.execPath, '-e', program, format], { stdout: 'pipe' });
      const lines = (await new Response(child.stdout).text()).trimEnd().split('\n');
      expect(lines).toHaveLength(2_000);
      expect(lines.at(-1)).toContain('"i":1999');
    }
  });

  test('that cannot be written is lost: the program goes on, in bounded memory, and later lines come', async () => {
    using disk = mountTmpfs(64);
    const program = `const { createLog } = await import(${JSON.stringify(LOG)});
      const log = createLog({ level: 'info', format: 'json', secrets: [] });
      for (let i = 0; i < 100; i++) log.info({}, 'x'.repeat(2000));
      const before = process.memoryUsage().rss;
      for (let i = 0; i < 50000; i++) log.info({}, 'x'.repeat(2000));
      console.error(process.memoryUsage().rss - before);
      await new Promise((resolve) => process.stdin.once('data', resolve));
      for (let i = 0; i < 3; i++) log.info({}, 'after');`;
    const output = join(disk.path, 'log');
    const argv = ['sh', '-c', '"$0" -e "$1" >> "$2"', process.execPath, program, output];
    const child = Bun.spawn(argv, { stdin: 'pipe', stderr: 'pipe' });
    const { value } = await child.stderr.getReader().read();
    expect(Number(new TextDecoder().decode(value))).toBeWithin(0, 60_000_000);
    disk.resize(8_192);
    child.stdin.write('go\n');
    await child.stdin.end();
    expect(await child.exited).toBe(0);
    expect(await readFile(output, 'utf8')).toContain('"after"');
  });
});

describe('no secret is printed', () => {
  test('by the name of its field, at any depth that is printed', () => {
    const { log, lines } = setUp();
    const hidden = 'hidden-value';
    let deep: Record<string, unknown> = { password: hidden };
    for (let i = 0; i < 10; i++) deep = { deep, token: hidden, list: [{ secret: hidden }] };
    const names = { Authorization: hidden, privateKey: hidden, 'x-secret-token': hidden, bot_token: hidden };
    log.info({ ...names, deep, map: new Map([['apiKey', hidden]]) }, 'm');
    log.error({ error: new AppError('internal', 'm', { details: { password: hidden } }) }, 'm');
    expect(lines.join('')).not.toContain(hidden);
    expect(lines[0]).toContain('"bot_token":"[secret]"');
  });

  test('by its value, wherever it stands and however it is spelt', () => {
    const { log, lines } = setUp();
    const url = `postgres://adit:${encodeURIComponent(PASSWORD)}@db/adit`;
    const error = new Error(`fetch https://api.telegram.org/bot${TOKEN}/getMe failed`, {
      cause: new Error(PASSWORD),
    });
    log.error({ error, url, list: [PASSWORD] }, `token ${TOKEN}`);
    for (const line of lines) {
      expect(JSON.parse(line).msg).toBe('token [secret]');
      expect(line).not.toContain(TOKEN);
      expect(line).not.toContain(JSON.stringify(PASSWORD).slice(1, -1));
      expect(line).not.toContain(encodeURIComponent(PASSWORD));
    }
  });

  test('keys in the text of a WireGuard config', () => {
    const { log, lines } = setUp();
    log.info({ text: `[Interface]\nPrivateKey = ${WG_KEY}\n[Peer]\nPresharedKey=${WG_KEY}\n` }, 'm');
    expect(lines[0]).not.toContain(WG_KEY);
    log.info({ text: `PublicKey = ${WG_KEY}` }, 'm');
    expect(lines[1]).toContain(WG_KEY);
  });

  test('user ids of VLESS and addresses of subscriptions, wherever they turn up; ids of peers stay', () => {
    const { log, lines } = setUp();
    const id = 'd22a57a4-df1b-8055-b606-ba7769188cac';
    const peer = '0197a3e0-77aa-7b11-8a55-000000000001';
    const token = 'A_b-'.repeat(10).padEnd(43, 'x');
    log.info({ link: `vless://${id}@h:1#x`, peer, url: `https://vpn.example.org/s/${token}?a=1` }, 'm');
    expect(lines[0]).not.toContain(id);
    expect(lines[0]).not.toContain(token);
    expect(lines[0]).toContain(peer);
    expect(lines[0]).toContain('https://vpn.example.org/s/');
  });

  test('a short or empty secret does not ruin the lines', () => {
    const { log, last } = setUp({ secrets: ['', 'info'] });
    log.info({ a: 'info' }, 'm');
    expect(last()).toMatchObject({ level: 'info', a: 'info' });
  });
});

describe('an error', () => {
  test('shows code, message, details and causes; a stack only when nobody expected it', () => {
    const { log, last } = setUp();
    const root = Object.assign(new TypeError('reset'), { code: 'ECONNRESET' });
    const middle = new AppError('unavailable', 'no database', { cause: root, details: { tried: 3 } });
    log.error({ error: new AppError('internal', 'broken', { cause: middle }) }, 'm');
    const { error } = last();
    expect(error).toMatchObject({ code: 'internal', message: 'broken' });
    expect(error.stack).toContain('log.test.ts');
    expect(error.cause).toMatchObject({ code: 'unavailable', message: 'no database', details: { tried: 3 } });
    expect(error.cause.stack).toBeUndefined();
    expect(error.cause.cause).toMatchObject({ name: 'TypeError', code: 'ECONNRESET', message: 'reset' });
  });

  test('of any odd shape is printed and never throws', () => {
    const { log, lines, last } = setUp();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const loop = new Error('loop');
    loop.cause = loop;
    const angry = {
      get field() {
        throw new Error('angry');
      },
    };
    for (const error of [
      loop,
      'text',
      null,
      undefined,
      7n,
      Symbol('s'),
      circular,
      angry,
      new Date(Number.NaN),
    ]) {
      log.error({ error, cause: new Error('outer', { cause: error }) }, 'm');
    }
    expect(lines).toHaveLength(9);
    for (const line of lines) expect(JSON.parse(line).msg).toBe('m');
    log.info({ big: 7n, bytes: new Uint8Array(5), when: new Date(0), set: new Set([1]) }, 'm');
    expect(last()).toMatchObject({
      big: '7',
      bytes: '[5 bytes]',
      when: '1970-01-01T00:00:00.000Z',
      set: [1],
    });
  });
});
