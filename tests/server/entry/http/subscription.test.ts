import { describe, expect, test } from 'bun:test';
import { parseCidr } from '../../../../src/server/core/cidr.ts';
import { AppError } from '../../../../src/server/core/errors.ts';
import { createSubscriptionEntry } from '../../../../src/server/entry/http/subscription.ts';
import type { SubscriptionAnswer } from '../../../../src/server/services/serve-subscription.ts';
import { createRecordingLog, type RecordedLine } from '../../../support/recording-log.ts';

const TOKEN = 'T'.repeat(43);
const LINKS = ['vless://a@h:1?x=1#Phone', 'vless://b@h:1?x=1#%D0%98'];
const FOUND: SubscriptionAnswer = {
  kind: 'found',
  links: LINKS,
  content: {
    until: new Date('2026-03-04T12:00:00.999Z'),
    uploadedBytes: 11,
    downloadedBytes: 22,
    limit: null,
  },
};

async function answerTo(
  answer: SubscriptionAnswer | Error,
  headers: Readonly<Record<string, string>> = {},
  title = 'vpn.example.org',
) {
  const lines: RecordedLine[] = [];
  const asked: { token: string; address: string }[] = [];
  const entry = createSubscriptionEntry({
    title,
    trustedProxies: [parseCidr('10.0.0.0/8')],
    log: createRecordingLog(lines),
    async serve(ask) {
      asked.push(ask);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const request = new Request(`http://localhost/s/${TOKEN}`, { headers });
  const response = await entry.answer(request, TOKEN, '10.0.0.1');
  return { response, body: await response.text(), asked, lines };
}

describe('GET /s/<token>', () => {
  test('answers base64 of the links, a line each, with what clients read beside them', async () => {
    const { response, body } = await answerTo(FOUND);
    expect(response.status).toBe(200);
    expect(Buffer.from(body, 'base64').toString()).toBe(LINKS.join('\n'));
    expect(response.headers.get('subscription-userinfo')).toBe(
      'upload=11; download=22; total=0; expire=1772625600',
    );
    expect(response.headers.get('profile-update-interval')).toBe('12');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="vpn.example.org.txt"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('a limit is told as a total, with what counts against it', async () => {
    const content = { ...FOUND.content, until: null, limit: { bytes: 1_000, usedBytes: 77 } };
    const { response } = await answerTo({ ...FOUND, content });
    expect(response.headers.get('subscription-userinfo')).toBe('upload=0; download=77; total=1000');
  });

  test('an account without a link to use gets an empty list, which clients take for one', async () => {
    const { response, body } = await answerTo({ ...FOUND, links: [] });
    expect({ status: response.status, body }).toEqual({ status: 200, body: '' });
  });

  test('a title of any letters stays one header', async () => {
    const { response } = await answerTo(FOUND, {}, 'ВПН "x"\r\nSet-Cookie: a=b');
    const title = response.headers.get('profile-title')!.replace('base64:', '');
    expect(Buffer.from(title, 'base64').toString()).toContain('ВПН');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[A-Za-z0-9._-]+"$/);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('S4: a stranger is counted by his own address, behind a trusted proxy too', async () => {
    const { asked } = await answerTo(FOUND, { 'x-forwarded-for': '203.0.113.9' });
    expect(asked).toEqual([{ token: TOKEN, address: '203.0.113.9' }]);
  });

  test.each([
    [{ kind: 'unknown' } as const, 404],
    [{ kind: 'slow-down' } as const, 429],
    [new AppError('timeout', 'late'), 503],
    [new AppError('unavailable', 'away'), 503],
    [new Error(`broken at ${TOKEN}`), 500],
  ])('%o is a %i that tells nothing', async (answer, status) => {
    const { response, body, lines } = await answerTo(answer);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(body).not.toContain(TOKEN);
    expect(lines.filter((each) => each.level === 'error')).toHaveLength(status === 500 ? 1 : 0);
  });

  test('S4: a visitor who leaves before the answer writes no line into the log', async () => {
    const lines: RecordedLine[] = [];
    const leaving = new AbortController();
    const entry = createSubscriptionEntry({
      title: 'vpn.example.org',
      trustedProxies: [],
      log: createRecordingLog(lines),
      async serve(_ask, signal) {
        leaving.abort();
        signal.throwIfAborted();
        return FOUND;
      },
    });
    const request = new Request(`http://localhost/s/${TOKEN}`, { signal: leaving.signal });
    expect((await entry.answer(request, TOKEN, '10.0.0.1')).status).toBe(503);
    expect(lines).toEqual([]);
  });
});
