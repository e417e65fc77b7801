/** The server side of docs/xray-api.md, over an inbound in memory. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { createMemoryInbound } from '../../../../src/server/adapters/xray/memory-inbound.ts';
import { API_KEY, newUser, serveUserApi } from '../../../support/inbound-rig.ts';

const inbound = createMemoryInbound();
let api: ReturnType<typeof serveUserApi>;

beforeAll(() => {
  api = serveUserApi(inbound, { timeoutMs: 500 });
});
afterAll(() => api.stop());

interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function ask(
  path: string,
  { method = 'GET', body, headers = { authorization: `Bearer ${API_KEY}` } }: Ask = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(api.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: text }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are of any shape; tests look at a field or two
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

const wire = ({ email, vlessId, flow }: ReturnType<typeof newUser>) => ({ email, id: vlessId, flow });

describe('the key', () => {
  const wrong: readonly (readonly [string, Record<string, string>])[] = [
    ['none', {}],
    ['another', { authorization: `Bearer ${API_KEY.replace('a', 'b')}` }],
    ['the beginning of it', { authorization: `Bearer ${API_KEY.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${API_KEY}x` }],
    ['of another scheme', { authorization: `Basic ${API_KEY}` }],
    ['an empty one', { authorization: 'Bearer ' }],
  ];
  test.each(wrong)('%s: refused at every path and method, known or not', async (_name, headers) => {
    const paths = ['/v1/users', '/v1/users/removals', '/v1/traffic', '/v1/nothing', '/'];
    const statuses = await Promise.all(paths.map(async (path) => (await ask(path, { headers })).status));
    // After ten of them from one address: 429.
    expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([]);
  });

  test('guessing is slowed down, and costs whoever has the right one nothing', async () => {
    const guess = () => ask('/v1/users', { headers: { authorization: `Bearer ${crypto.randomUUID()}` } });
    const statuses: number[] = [];
    for (let time = 0; time < 12; time++) statuses.push((await guess()).status);
    expect(statuses.at(-1)).toBe(429);
    const { status } = await ask('/v1/users');
    expect(status).toBe(200);
  });

  test('is looked at before a byte of the body is read', async () => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('PUT /v1/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{"users":');
    const said = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    expect(said).toMatch(/^HTTP\/1\.1 (401|429) /);
    socket.destroy();
  });

  test('health needs none, metrics are for this machine', async () => {
    expect(await (await fetch(`${api.url}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${api.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${api.url}/metrics`, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(
      403,
    );
  });
});

describe('questions', () => {
  const put = (body: unknown) => ask('/v1/users', { method: 'PUT', body });

  test('users are put, listed in pages, taken', async () => {
    const users = [newUser(), newUser(), newUser()];
    expect((await put({ users: users.map(wire) })).body).toEqual({ accepted: 3 });
    const first = await ask('/v1/users?limit=2');
    expect(first.body).toMatchObject({ total: 3, users: users.slice(0, 2).map(wire), next: users[1]!.email });
    const { boot, revision } = first.body;
    const rest = await ask(`/v1/users?limit=2&after=${users[1]!.email}`);
    expect(rest.body).toEqual({ boot, revision, total: 3, users: [wire(users[2]!)], next: null });
    const emails = users.map(({ email }) => email);
    const taken = await ask('/v1/users/removals', { method: 'POST', body: { emails } });
    expect(taken.body).toEqual({ accepted: 3 });
    const { body } = await ask('/v1/users');
    expect(body).toMatchObject({ total: 0, users: [], next: null });
    expect(body.revision).not.toBe(revision);
  });

  test('an answer is not kept by anybody on the way', async () => {
    expect((await ask('/v1/users')).headers.get('cache-control')).toBe('no-store');
  });

  const user = wire(newUser());
  const wrong: readonly (readonly [string, unknown])[] = [
    ['no JSON', '{"users":['],
    ['nothing', ''],
    ['a list', []],
    ['no users', {}],
    ['users that are none', { users: 'all' }],
    ['a field more', { users: [user], reset: true }],
    ['a user with a field more', { users: [{ ...user, level: 1 }] }],
    ['a user with a field less', { users: [{ email: user.email, id: user.id }] }],
    ['an id that is none', { users: [{ ...user, id: `${user.id}0` }] }],
    ['a flow that is none', { users: [{ ...user, flow: 'xtls' }] }],
    ['a user twice', { users: [user, user] }],
    ['a name with a line break', { users: [{ ...user, email: 'a\nb' }] }],
    ['too many users', { users: Array.from({ length: 1001 }, () => wire(newUser())) }],
    ['an Xray template', { log: { access: '/var/log/x' }, inbounds: [{ protocol: 'dokodemo-door' }] }],
  ];
  test.each(wrong)('F-S4 %s: refused whole', async (_name, body) => {
    const answer = await put(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('invalid');
    expect((await inbound.read()).users).toEqual([]);
  });

  test('limits that are none', async () => {
    for (const limit of ['0', '-1', '5001', 'x', '1e3', '']) {
      expect((await ask(`/v1/users?limit=${limit}`)).status).toBe(400);
    }
  });

  test('a body too large, said or not', async () => {
    const huge = `{"users": [${' '.repeat(1_100_000)}]}`;
    expect((await put(huge)).status).toBe(413);
    const unsaid = await fetch(`${api.url}/v1/users`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: new Blob([huge]).stream(),
    });
    expect(unsaid.status).toBe(413);
  });

  test('a body that does not come is not waited for', async () => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = `PUT /v1/users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${API_KEY}\r\nContent-Length: 100\r\n\r\n{`;
    socket.write(head);
    const startedAt = performance.now();
    const said = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    expect(said).toStartWith('HTTP/1.1 408 ');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    socket.destroy();
  });

  test('paths and methods that are none', async () => {
    expect((await ask('/v1/nothing')).status).toBe(404);
    expect((await ask('/v1/constructor')).status).toBe(404);
    const { status, headers } = await ask('/v1/users', { method: 'DELETE' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, PUT']);
  });

  test('an Xray that is away is told as such, with the time to ask again', async () => {
    inbound.setAway(true);
    const { status, headers, body } = await ask('/v1/users');
    expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '1', 'unavailable']);
    inbound.setAway(false);
  });
});
