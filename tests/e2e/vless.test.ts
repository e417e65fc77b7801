// needs v2ray
/** VLESS sold beside WireGuard by the compiled binary, through a real v2ray (issue 4; rows E1, E4, B5). */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startAdit } from '../support/adit-process.ts';
import { type AditRig, BINARY, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { tempFolder } from '../support/machine.ts';
import { startOpenStream } from '../support/open-stream.ts';
import { here } from '../support/place.ts';
import { find, findInFiles, findLeaks } from '../support/secret-search.ts';
import { startV2rayServer, V2RAY_PREFIX, type V2rayServer } from '../support/v2ray-server.ts';
import { startClientOf } from '../support/vless-client.ts';
import { createVlessUser } from '../support/vless-user.ts';

setDefaultTimeout(120_000);

/** Access ends, and users are back after a restart, within this. */
const FIVE_SECONDS_MS = 5_000;
const PUBLIC_URL = 'https://vpn.example.org';

function rigWith(server: V2rayServer, more: Readonly<Record<string, string>> = {}): Promise<AditRig> {
  const env = {
    XRAY_GRPC_ADDRESS: server.api,
    XRAY_GRPC_PACKAGE: V2RAY_PREFIX,
    XRAY_INBOUND_TAG: 'vless',
    VLESS_LINK: `vless://user@127.0.0.1:${server.ports.vless}?encryption=none&security=none&type=tcp`,
    ...more,
  };
  return createAditRig({ tunnel: 'memory', env });
}

/** A server, a binary that sells links to it, and a user who has one. Each test has its own. */
async function sellLink(id: number, env: Readonly<Record<string, string>> = {}) {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startV2rayServer());
  const rig = undo.use(await rigWith(server, env));
  const adit = await rig.start();
  const user = createVlessUser(rig, id);
  await user.begin();
  const link = await user.takeLink();
  const held = undo.move();
  return { server, rig, adit, user, link, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

async function timed<T>(work: Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const startedAt = performance.now();
  const value = await work;
  return { ms: performance.now() - startedAt, value };
}

describe('E4: WireGuard and VLESS from one bot', () => {
  test('E1, E4: a user has a config and a link, sees both, and the link passes traffic until it is revoked', async () => {
    await using sold = await sellLink(7001);
    const { rig, adit, user, link } = sold;
    expect(await rig.control.heldConfigs(user.id)).toHaveLength(1);
    const list = await user.devices();
    expect(list).toContain('Device 1');
    expect(list).toContain('Device 2');
    const peers = await rig.sql`
      select protocol, public_key is null as keyless, ip4 is null as homeless, wanted, applied
        from report.peers order by created_at, protocol desc`;
    expect(peers.map((each) => ({ ...each }))).toEqual([
      { protocol: 'wireguard', keyless: false, homeless: false, wanted: true, applied: true },
      { protocol: 'vless', keyless: true, homeless: true, wanted: true, applied: true },
    ]);

    await using client = await startClientOf(link);
    expect(await client.passes(200_000)).toBe(true);
    await user.revoke('Device 2');
    const { ms } = await timed(
      eventually(async () => !(await client.passes()), { withinMs: FIVE_SECONDS_MS, everyMs: 100 }),
    );
    expect(ms).toBeLessThan(FIVE_SECONDS_MS);
    expect(await user.devices()).not.toContain('Device 2');
    expect(await client.passes()).toBe(false);

    const id = /vless:\/\/([^@]+)@/.exec(link)![1]!;
    expect(adit.output()).not.toContain(id);
    const [{ dump }] = (await rig.sql`
      select string_agg(row_to_json(t)::text, '') as dump from (
        select row_to_json(p) from adit.peers p union all select row_to_json(i) from adit.issues i
        union all select row_to_json(a) from adit.audit a) t`) as unknown as [{ dump: string }];
    expect(dump).not.toContain(id);
  });

  test('B5, F-W8: v2ray is killed with SIGKILL and started anew, and a user is back within five seconds', async () => {
    await using sold = await sellLink(7002);
    const { server, link } = sold;
    await using client = await startClientOf(link);
    expect(await client.passes()).toBe(true);
    await server.restart();
    const { ms } = await timed(eventually(() => client.passes(), { withinMs: 20_000, everyMs: 100 }));
    expect(ms).toBeLessThan(FIVE_SECONDS_MS);
  });

  test('F-W8: Adit is killed with SIGKILL, v2ray started anew meanwhile, and both are whole again', async () => {
    await using sold = await sellLink(7003);
    const { server, rig, adit, link } = sold;
    await using client = await startClientOf(link);
    await adit.kill('SIGKILL');
    await server.restart();
    expect(await client.passes()).toBe(false);
    await rig.start();
    await eventually(() => client.passes(), { withinMs: 20_000, everyMs: 200 });
  });
});

describe('the id of a VLESS user', () => {
  test('E4: is nowhere after the whole life of a device, and an old one is refused as soon as there is a new one', async () => {
    await using sold = await sellLink(7008, { PUBLIC_URL, LOG_LEVEL: 'debug' });
    const { server, rig, adit, user, link: first } = sold;
    await user.devices();
    await rig.control.press(user.id, 'Subscription for apps');
    const shown = await rig.control.awaitMessage(user.id, { contains: `${PUBLIC_URL}/s/` });
    const token = /\/s\/([A-Za-z0-9_-]+)/.exec(shown.caption ?? shown.text ?? '')![1]!;
    for (const method of ['GET', 'HEAD', 'POST']) {
      await rig.place.http(adit.port(), `/s/${token}`, { method });
      await rig.place.http(adit.port(), `/s/${token}/x`, { method });
    }

    await using client = await startClientOf(first);
    expect(await client.passes()).toBe(true);
    await user.devices();
    for (const label of ['Device 2', 'ask-reissue']) await rig.control.press(user.id, label);
    const before = (await user.messages()).at(-1)!.message_id;
    await rig.control.press(user.id, 'reissue');
    const said = await rig.control.awaitMessage(user.id, {
      from: 'bot',
      contains: 'vless://',
      afterMessageId: before,
    });
    const second = /vless:\/\/[^\s<]+/.exec(said.text ?? '')![0];
    expect(second).not.toBe(first);
    // The new link is given when the server has it, and then it has the old one no more.
    expect(await client.passes()).toBe(false);
    await using anew = await startClientOf(second);
    expect(await anew.passes()).toBe(true);
    await server.restart();
    await eventually(() => anew.passes(), { withinMs: 20_000, everyMs: 200 });
    expect(await client.passes()).toBe(false);
    await rig.sql`update adit.subscriptions set ends_at = now() where account_id = ${user.id}`;
    await eventually(async () => !(await anew.passes()), { withinMs: 20_000, everyMs: 100 });

    const ids = [first, second].map((link) => /vless:\/\/([^@]+)@/.exec(link)![1]!);
    const secrets = new Map([
      ['id', ids.flatMap((id) => [id, id.replaceAll('-', '')])],
      ['token', [token, token.slice(-21)]],
      ['key', [(await readFile(join(rig.stateDir, 'vless.key'), 'utf8')).trim()]],
    ]);
    const leaks = await findLeaks(rig, secrets);
    // What the user was sent is his; and the search does find what is there.
    expect(leaks).toContain('journal of Telegram: id');
    expect(leaks.filter((each) => !each.startsWith('journal of Telegram: '))).toEqual([]);
    expect(leaks.some((each) => each.endsWith(': key'))).toBe(false);
    expect(find(secrets, 'metrics', (await adit.get('/metrics')).body)).toEqual([]);
    const files = (await findInFiles(rig.stateDir, secrets)).filter((each) => each !== 'vless.key: key');
    expect(files.filter((each) => !/^xray-users-.*: id$/.test(each))).toEqual([]);
  });
});

describe('the end of access', () => {
  test('D5: a subscription ends, and the user is refused within five seconds; a connection that is open goes on', async () => {
    await using sold = await sellLink(7005);
    const { rig, user, link } = sold;
    await using client = await startClientOf(link);
    await using stream = await startOpenStream(link);
    expect(await client.passes()).toBe(true);
    expect(await stream.echoes('before')).toBe(true);
    await rig.sql`update adit.subscriptions set ends_at = now() where account_id = ${user.id}`;
    const { ms } = await timed(
      eventually(async () => !(await client.passes()), { withinMs: 15_000, everyMs: 100 }),
    );
    expect(ms).toBeLessThan(FIVE_SECONDS_MS);
    // Xray's way, and said in docs/operating.md: should it ever change, the words must too.
    expect(await stream.echoes('after')).toBe(true);
  });
});

describe('the key of all links', () => {
  test('F-S16: without it a start is refused while there are users of it; with it links are as they were', async () => {
    await using sold = await sellLink(7006);
    const { rig, adit, user, link } = sold;
    await adit.kill('SIGTERM');
    const path = join(rig.stateDir, 'vless.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const key = await readFile(path, 'utf8');
    await rm(path);
    const refused = await rig.start({ wait: false });
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain('vless.key is missing');
    await writeFile(path, key, { mode: 0o600 });
    await rig.start();
    await user.devices();
    await rig.control.press(user.id, 'Device 2');
    await rig.control.press(user.id, 'Show the link again');
    const shown = await rig.control.awaitMessage(user.id, { has: 'photo', contains: 'Tap the link' });
    expect(shown.caption).toContain(link);
  });
});

describe('an Xray on another machine', () => {
  test('E4: is sold by way of adit xray-api, and its users are back after kill -9 of v2ray', async () => {
    await using server = await startV2rayServer();
    await using folder = await tempFolder();
    const key = 'k'.repeat(40);
    const beside = startAdit(here, [BINARY, 'xray-api'], {
      cwd: folder.path,
      env: {
        STATE_DIR: folder.file('state'),
        HTTP_PORT: '0',
        XRAY_GRPC_ADDRESS: server.api,
        XRAY_GRPC_PACKAGE: V2RAY_PREFIX,
        XRAY_API_KEY: key,
        LOG_FORMAT: 'json',
      },
    });
    await using _ = { [Symbol.asyncDispose]: async () => void (await beside.kill('SIGKILL')) };
    await beside.ready();
    await using rig = await createAditRig({
      tunnel: 'memory',
      env: {
        XRAY_API_URL: `http://127.0.0.1:${beside.port()}`,
        XRAY_API_KEY: key,
        VLESS_LINK: `vless://user@127.0.0.1:${server.ports.vless}?security=none&type=tcp`,
      },
    });
    await rig.start();
    const user = createVlessUser(rig, 7007);
    await user.begin();
    await using client = await startClientOf(await user.takeLink());
    expect(await client.passes()).toBe(true);
    await server.restart();
    const { ms } = await timed(eventually(() => client.passes(), { withinMs: 20_000, everyMs: 100 }));
    expect(ms).toBeLessThan(FIVE_SECONDS_MS);
    await user.revoke('Device 2');
    await eventually(async () => !(await client.passes()), { withinMs: FIVE_SECONDS_MS, everyMs: 100 });
  });
});

describe('a subscription', () => {
  test('lists the links with what clients want to know, and is nobody’s once it is revoked', async () => {
    await using sold = await sellLink(7004, { PUBLIC_URL });
    const { rig, adit, user, link } = sold;
    await user.devices();
    await rig.control.press(user.id, 'Subscription for apps');
    const shown = await rig.control.awaitMessage(user.id, { contains: `${PUBLIC_URL}/s/` });
    const path = /\/s\/[A-Za-z0-9_-]+/.exec(shown.caption ?? shown.text ?? '')![0];

    const answer = await rig.place.http(adit.port(), path);
    expect(answer.status).toBe(200);
    expect(
      Buffer.from(await answer.text(), 'base64')
        .toString()
        .split('\n'),
    ).toEqual([link]);
    expect(answer.headers.get('subscription-userinfo')).toMatch(
      /^upload=\d+; download=\d+; total=0; expire=\d{10}$/,
    );
    expect(Number(answer.headers.get('profile-update-interval'))).toBeGreaterThan(0);
    const title = answer.headers.get('profile-title')!.replace('base64:', '');
    expect(Buffer.from(title, 'base64').toString()).toBe('vpn.example.org');
    expect(answer.headers.get('content-disposition')).toStartWith('attachment; filename=');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toStartWith('text/plain');

    await rig.control.press(user.id, 'ask-new-subscription');
    await rig.control.press(user.id, 'new-subscription');
    const revoked = async () => (await adit.get(path)).status === 404;
    await eventually(revoked, { withinMs: FIVE_SECONDS_MS });
    expect((await adit.get(`/s/${'A'.repeat(43)}`)).status).toBe(404);
    expect((await adit.get('/s/x')).status).toBe(404);
    expect(adit.output()).not.toContain(path);
  });
});

describe('an Xray that is away', () => {
  test('F-L2: WireGuard users are served as ever, and the process stays ready', async () => {
    await using server = await startV2rayServer();
    await using rig = await rigWith(server);
    const adit = await rig.start();
    const buyer = createVlessUser(rig, 7100);
    await buyer.begin();
    server.signal('SIGSTOP');
    await buyer.devices();
    await rig.control.press(buyer.id, 'Add a device');
    await rig.control.press(buyer.id, 'VLESS link');
    // Long enough that calls ran into their deadline and the breaker opened.
    await eventually(
      async () =>
        (await adit.get('/metrics')).body.match(/adit_call_failures_total\{[^}]*call="xray\./) !== null,
      { withinMs: 30_000, everyMs: 200 },
    );
    const waits: number[] = [];
    for (let number = 0; number < 10; number += 1) {
      const user = createVlessUser(rig, 7101 + number);
      waits.push((await timed(user.begin())).ms);
    }
    expect(Math.max(...waits)).toBeLessThan(2_000);
    const { status, body } = await adit.get('/readyz');
    expect({ status, body }).toEqual({ status: 200, body: expect.stringContaining('"ready":true') });
    server.signal('SIGCONT');
    const late = await rig.control.awaitMessage(buyer.id, { contains: 'vless://' }, 60_000);
    expect(late.text).toContain('vless://');
  });
});
