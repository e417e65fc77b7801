import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type DashboardRig, openDashboardRig, PASSWORD } from '../../../support/dashboard-rig.ts';
import type { TestVisitor } from '../../../support/visitor.ts';

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openDashboardRig();
  await rig.operator('anna', 'owner');
});
afterAll(() => rig.close());

/** Whoever comes from this address; the test's own machine is the trusted proxy. */
const from = (address: string) => rig.visitor({ 'x-forwarded-for': address, 'x-forwarded-proto': 'https' });
const logIn = (visitor: TestVisitor, password = PASSWORD, name = 'anna') =>
  visitor.submit('/login', { name, password });
const actionsOf = async () => (await rig.audit()).map((row) => row.action);

describe('a login', () => {
  test('opens the page one came for, and no address elsewhere', async () => {
    const targets: readonly (readonly [asked: string, led: string])[] = [
      ['/sessions?a=1', '/sessions?a=1'],
      ['//evil.example', '/'],
      ['/\\evil.example', '/'],
      ['https://evil.example/', '/'],
      ['/\t/evil.example', '/'],
      ['javascript:alert(1)', '/'],
    ];
    for (const [next, led] of targets) {
      const reply = await from('192.0.2.1').submit('/login', { name: 'anna', password: PASSWORD, next });
      expect([next, reply.status, reply.location]).toEqual([next, 303, led]);
    }
  });

  test('F-S10 its cookies are __Host-, Secure, HttpOnly, SameSite and for the whole site', async () => {
    const visitor = from('192.0.2.1');
    await logIn(visitor);
    const set = visitor.setCookies.filter((line) => !/max-age=0/i.test(line));
    expect(set.map((line) => line.split('=')[0]!).toSorted()).toEqual([
      '__Host-adit-device',
      '__Host-adit-session',
      '__Host-adit-visitor',
    ]);
    for (const line of set) {
      expect(line).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
      expect(line).not.toMatch(/domain/i);
    }
  });

  test('the session begins with a token of ours, whatever the browser brought along', async () => {
    const visitor = from('192.0.2.1');
    visitor.cookies.set('__Host-adit-session', 'planted-by-somebody-else');
    expect((await logIn(visitor)).status).toBe(303);
    const first = visitor.cookies.get('__Host-adit-session')!;
    expect(first).not.toBe('planted-by-somebody-else');
    await logIn(visitor);
    expect(visitor.cookies.get('__Host-adit-session')).not.toBe(first);
  });

  test('only digests of tokens are in the database', async () => {
    const visitor = from('192.0.2.1');
    await logIn(visitor);
    const rows = await rig.database.admin`select * from adit.operator_sessions`;
    const devices = await rig.database.admin`select * from adit.operator_devices`;
    const stored = JSON.stringify([rows, devices]);
    for (const value of visitor.cookies.values()) expect(stored).not.toContain(value);
  });

  test('name and password are told apart by nothing: same answer, same work', async () => {
    const visitor = from('192.0.2.2');
    const before = rig.passwordWork.verified;
    const strip = (body: string) => body.replaceAll(/value="[^"]*"|data-now="\d+"/g, '');
    const wrong = await logIn(visitor, 'not the password at all');
    const unknown = await logIn(visitor, PASSWORD, 'nobody-here');
    const crooked = await logIn(visitor, PASSWORD, 'no\0body\ud800 '.repeat(400));
    expect([wrong.status, unknown.status, crooked.status]).toEqual([401, 401, 401]);
    expect(strip(unknown.body)).toBe(strip(wrong.body));
    expect(rig.passwordWork.verified - before).toBe(3);
  });

  test('a name is the same in capitals and with spaces round it', async () => {
    expect((await logIn(from('192.0.2.1'), PASSWORD, '  ANNA ')).status).toBe(303);
  });

  test('over plain http from elsewhere the page says that the login would not be kept', async () => {
    const far = rig.visitor({
      'x-forwarded-for': '192.0.2.3',
      'x-forwarded-proto': 'http',
      host: 'adit.example',
    });
    expect((await far.get('/login')).body).toContain('HTTPS');
    expect((await rig.visitor().get('/login')).body).not.toContain('HTTPS');
  });
});

describe('limits that do not lock out the right person', () => {
  test('strangers are slowed down: five tries, then longer and longer', async () => {
    const stranger = from('198.51.100.1');
    for (let count = 0; count < 5; count += 1) {
      expect((await logIn(stranger, 'wrong wrong wrong', 'victim')).status).toBe(401);
    }
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const refused = await logIn(stranger, 'wrong wrong wrong', 'victim');
      expect(refused.status).toBe(429);
      waits.push(Number(refused.headers.get('retry-after')));
      rig.advance(Number(refused.headers.get('retry-after')) * 1000);
      expect((await logIn(stranger, 'wrong wrong wrong', 'victim')).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8]);
    expect(await actionsOf()).toContain('login-failures');
  });

  test('a refused try costs no work on passwords', async () => {
    const before = rig.passwordWork.verified;
    expect((await logIn(from('198.51.100.1'), 'wrong wrong wrong', 'victim')).status).toBe(429);
    expect(rig.passwordWork.verified).toBe(before);
  });

  test('forty at once are counted forty times', async () => {
    const visitors = Array.from({ length: 40 }, () => from('198.51.100.9'));
    await Promise.all(visitors.map((each) => each.get('/login')));
    const fields = { name: 'crowd', password: 'wrong wrong wrong' };
    const replies = await Promise.all(visitors.map((each) => each.post('/login', fields)));
    const statuses = replies.map((each) => each.status);
    expect(statuses.filter((each) => each === 401)).toHaveLength(5);
    expect(statuses.filter((each) => each === 429)).toHaveLength(35);
  });

  test('under an attack on the name from many addresses, the known browser and the known address still come in', async () => {
    const home = from('203.0.113.7');
    expect((await logIn(home)).status).toBe(303);
    const travelling = from('203.0.113.200');
    travelling.cookies.set('__Host-adit-device', home.cookies.get('__Host-adit-device')!);
    for (let host = 1; host <= 12; host += 1) await logIn(from(`198.18.0.${host}`), 'wrong wrong wrong');
    expect((await logIn(from('198.18.1.1'))).status).toBe(429);
    expect((await logIn(travelling)).status).toBe(303);
    expect((await logIn(from('203.0.113.7'))).status).toBe(303);
  });

  test('an attack from one’s own address does not stop the known browser', async () => {
    const neighbour = from('203.0.113.7');
    for (let count = 0; count < 8; count += 1) await logIn(neighbour, 'wrong wrong wrong', `guess-${count}`);
    expect((await logIn(from('203.0.113.7'))).status).toBe(429);
    const own = from('203.0.113.7');
    const earlier = from('203.0.113.8');
    rig.advance(60 * 60_000);
    await logIn(earlier);
    for (let count = 0; count < 8; count += 1) await logIn(neighbour, 'wrong wrong wrong', `again-${count}`);
    own.cookies.set('__Host-adit-device', earlier.cookies.get('__Host-adit-device')!);
    expect((await logIn(own)).status).toBe(303);
  });

  test('a stolen browser token has limits of its own, and is nothing without the password', async () => {
    const home = from('203.0.113.50');
    await logIn(home);
    const thief = from('198.51.100.77');
    thief.cookies.set('__Host-adit-device', home.cookies.get('__Host-adit-device')!);
    for (let count = 0; count < 5; count += 1)
      expect((await logIn(thief, 'wrong wrong wrong')).status).toBe(401);
    expect((await logIn(thief, 'wrong wrong wrong')).status).toBe(429);
  });

  test('no number of names and addresses makes the counters grow without end', async () => {
    const keys = (await rig.database.admin`select key from adit.login_attempts`).map((row) =>
      String(row.key),
    );
    for (const key of keys)
      expect(key).toMatch(/^(account|address):\d{1,5}$|^(device|code|inside):[0-9a-f-]{36}$/);
  });

  test('known browsers go before strangers in the line of passwords', () => {
    expect(rig.passwordWork.urgent).toBeGreaterThan(0);
  });

  test('after an hour of quiet all is forgotten, after a day it is deleted', async () => {
    rig.advance(61 * 60_000);
    expect((await logIn(from('198.51.100.1'), 'wrong wrong wrong', 'victim')).status).toBe(401);
    rig.advance(25 * 60 * 60_000);
    expect(await rig.wayIn.store.forget(rig.now())).toBeGreaterThan(0);
    expect(await rig.database.admin`select * from adit.login_attempts`).toHaveLength(0);
  });
});

describe('proxies', () => {
  test('the address a stranger writes himself is not believed', async () => {
    const plain = await openDashboardRig({ trustedProxies: ['192.0.2.0/24'] });
    await plain.operator('anna', 'owner');
    const visitor = plain.visitor({ 'x-forwarded-for': '203.0.113.99', 'x-forwarded-proto': 'https' });
    await visitor.submit('/login', { name: 'anna', password: PASSWORD });
    const [row] = await plain.database.admin`select address from adit.audit where action = 'login'`;
    expect(row!.address).toBe('127.0.0.1');
    await plain.close();
  });

  test('of the addresses before a trusted proxy the nearest stranger counts', async () => {
    const visitor = rig.visitor({
      'x-forwarded-for': '1.1.1.1, 203.0.113.98, 127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    await logIn(visitor);
    const rows = (await rig.audit()).filter((row) => row.action === 'login');
    expect(rows.at(-1)!.address).toBe('203.0.113.98');
  });
});
