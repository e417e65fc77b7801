import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type DashboardRig, openDashboardRig, PASSWORD } from '../../../support/dashboard-rig.ts';

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openDashboardRig();
  await rig.operator('anna', 'owner');
});
afterAll(() => rig.close());

const EVIL = 'https://evil.example';

describe('F-S10 a change asked for from elsewhere', () => {
  const lies: readonly (readonly [what: string, headers: Record<string, string>])[] = [
    ['another origin', { origin: EVIL, 'sec-fetch-site': 'cross-site' }],
    ['another origin of an old browser', { origin: EVIL, 'sec-fetch-site': '' }],
    ['another origin that says it is ours', { origin: EVIL }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site' }],
    ['a hidden origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['typed or from a bookmark', { 'sec-fetch-site': 'none' }],
    ['another port of this host', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
  ];

  test.each(lies)('is refused even with the right token: %s', async (_, headers) => {
    const visitor = await rig.signedIn('owner');
    const reply = await visitor.post('/logout', {}, headers);
    expect([reply.status, reply.body.includes('data-error="refused"')]).toEqual([403, true]);
    expect((await visitor.get('/sessions')).status).toBe(200);
  });

  test('is refused when it says nothing of where it comes from', async () => {
    const visitor = await rig.signedIn('owner');
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = new URLSearchParams({ csrf: visitor.token() });
    const answer = await fetch(`${rig.base}/logout`, { method: 'POST', body, headers: { cookie } });
    expect(answer.status).toBe(403);
  });

  test('is refused without the token, with another’s and with a changed one', async () => {
    const [visitor, other] = [await rig.signedIn('owner'), await rig.signedIn('owner')];
    for (const csrf of ['', other.token(), `${visitor.token()}x`, visitor.token().slice(1)]) {
      expect((await visitor.post('/logout', { csrf })).status).toBe(403);
    }
    expect((await visitor.get('/sessions')).status).toBe(200);
    expect((await visitor.post('/logout')).status).toBe(303);
  });

  test('the token may come in a header, as htmx sends it', async () => {
    const visitor = await rig.signedIn('owner');
    expect((await visitor.post('/logout', { csrf: '' }, { 'x-csrf-token': visitor.token() })).status).toBe(
      303,
    );
  });

  test('the token of before the login is void after it', async () => {
    const visitor = rig.visitor();
    await visitor.get('/login');
    const early = visitor.token();
    await visitor.post('/login', { name: 'anna', password: PASSWORD });
    expect((await visitor.post('/logout', { csrf: early })).status).toBe(403);
    expect((await visitor.submit('/logout', {}, '/sessions')).status).toBe(303);
  });

  test('holds for the login itself: nobody is logged in as somebody else', async () => {
    const visitor = rig.visitor();
    await visitor.get('/login');
    const fields = { name: 'anna', password: PASSWORD };
    expect((await visitor.post('/login', fields, { origin: EVIL })).status).toBe(403);
    expect((await visitor.post('/login', { ...fields, csrf: '' })).status).toBe(403);
    visitor.cookies.delete('__Host-adit-visitor');
    expect((await visitor.post('/login', fields)).status).toBe(403);
    expect(visitor.cookies.has('__Host-adit-session')).toBe(false);
  });

  test('the page’s token does not tell the session’s', async () => {
    const visitor = await rig.signedIn('viewer');
    const session = visitor.cookies.get('__Host-adit-session')!;
    expect(visitor.token()).not.toContain(session);
    const { body } = await visitor.get('/sessions');
    expect(body).not.toContain(session);
  });

  test('behind a trusted proxy its name for the site counts', async () => {
    const far = { 'x-forwarded-host': 'adit.example', 'x-forwarded-proto': 'https' };
    const visitor = rig.visitor(far);
    await visitor.get('/login');
    const fields = { name: 'anna', password: PASSWORD };
    expect((await visitor.post('/login', fields)).status).toBe(403);
    expect((await visitor.post('/login', fields, { origin: 'https://adit.example' })).status).toBe(303);
  });
});

describe('what is sent', () => {
  const send = async (init: RequestInit) => {
    const visitor = await rig.signedIn('owner');
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const always = { cookie, origin: rig.base, 'x-csrf-token': visitor.token() };
    return fetch(`${rig.base}/operators`, {
      method: 'POST',
      ...init,
      headers: { ...always, ...(init.headers as object) },
    });
  };
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };

  test('more than 64 KB of form is refused', async () => {
    const answer = await send({ body: `name=${'x'.repeat(70_000)}`, headers: urlencoded });
    expect([answer.status, answer.headers.get('content-security-policy') !== null]).toEqual([413, true]);
  });

  test('also when its length is not told', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(10_000));
    const body = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 20; count += 1) controller.enqueue(chunk);
        controller.close();
      },
    });
    expect((await send({ body, headers: urlencoded })).status).toBe(413);
  });

  test('something that is no form is refused', async () => {
    expect((await send({ body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(415);
  });
});
