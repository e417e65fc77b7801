import { describe, expect, test } from 'bun:test';
import { createLogHistory } from '../../../../src/server/adapters/log/history.ts';
import { createLog } from '../../../../src/server/adapters/log/log.ts';
import type { LogLevel } from '../../../../src/server/core/ports/log-history.ts';
import { walkBack, walkForth } from '../../../support/walk-pages.ts';

const NOW = new Date('2026-05-01T12:00:00.000Z');
const LIMITS = { maxLines: 100, maxLetters: 10_000, maxAgeMs: 3_600_000 };
const ALL = { level: 'debug', q: '' } as const;
const FIRST = { limit: 1000, cursor: null };

const line = (msg: string, level: LogLevel = 'info', secondsAgo = 0) =>
  `${JSON.stringify({ level, time: new Date(NOW.getTime() - secondsAgo * 1000).toISOString(), msg })}\n`;

describe('the log of the last hour', () => {
  test('is fed by the log itself: levels, fields, and no secret in it', () => {
    const history = createLogHistory();
    const written: string[] = [];
    const log = createLog({
      level: 'info',
      format: 'pretty',
      tap: history.take,
      write: (text) => written.push(text),
      secrets: ['tell-nobody-this'],
    });
    log.info({ call: 'wg.add', token: 'abc', url: 'http://x/tell-nobody-this' }, 'a call');
    log.debug({}, 'too quiet');
    log.child({ part: 'bot' }).warn({ error: new Error('it broke') }, 'trouble');
    const { rows } = history.list(ALL, FIRST, new Date());
    expect(rows.map((row) => [row.level, row.message])).toEqual([
      ['warn', 'trouble'],
      ['info', 'a call'],
    ]);
    expect(JSON.parse(rows[1]!.fields!)).toEqual({
      call: 'wg.add',
      token: '[secret]',
      url: 'http://x/[secret]',
    });
    expect(rows[0]!.fields).toContain('it broke');
    expect(written).toHaveLength(2);
  });

  test('this level and worse; a text whatever its case', () => {
    const history = createLogHistory(LIMITS);
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      history.take(line(`Line of ${level}`, level));
    const messages = (level: LogLevel, q = '') =>
      history.list({ level, q }, FIRST, NOW).rows.map((row) => row.level);
    expect(messages('warn')).toEqual(['error', 'warn']);
    expect(messages('debug', 'LINE OF I')).toEqual(['info']);
  });

  test('is bounded by lines, by letters and by age; what went too early is counted', () => {
    const history = createLogHistory(LIMITS);
    history.take(line('old', 'info', 3700));
    expect(history.list(ALL, FIRST, NOW).rows).toEqual([]);
    for (let number = 0; number < 250; number += 1) history.take(line(`n${number}`));
    expect(history.list(ALL, FIRST, NOW).rows).toHaveLength(100);
    expect(history.dropped()).toBe(150);
    for (let number = 0; number < 5; number += 1) history.take(line('x'.repeat(4_000)));
    expect(history.list(ALL, FIRST, NOW).rows).toHaveLength(2);
    history.take(line('y'.repeat(1_000_000)));
    const [row] = history.list(ALL, FIRST, NOW).rows;
    expect(row?.message.length ?? 0).toBeLessThanOrEqual(16 * 1024);
  });

  test('pages forth and back are the whole, though lines come meanwhile', async () => {
    const history = createLogHistory(LIMITS);
    for (let number = 0; number < 20; number += 1) history.take(line(`n${number}`));
    const before = history.list(ALL, FIRST, NOW).rows;
    const read = async (page: Parameters<typeof history.list>[1]) => history.list(ALL, page, NOW);
    const { rows, last } = await walkForth(read, 3, async () => history.take(line('more')));
    expect(rows).toEqual([...before]);
    expect(await walkBack(read, 3, last)).toEqual([...history.list(ALL, FIRST, NOW).rows]);
  });
});
