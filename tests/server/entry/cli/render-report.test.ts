import { describe, expect, test } from 'bun:test';
import type { DoctorReport, StatusReport } from '../../../../src/server/core/health-report.ts';
import {
  doctorJson,
  renderDoctor,
  renderStatus,
  statusJson,
  wantsColours,
} from '../../../../src/server/entry/cli/render-report.ts';

const takenAt = new Date('2026-03-01T12:00:00Z');
const report: DoctorReport = {
  takenAt,
  checks: [
    { name: 'PostgreSQL', state: 'ok', found: 'bundled, 18.4', advice: null },
    {
      name: 'WireGuard tools',
      state: 'fail',
      found: 'wg: not found',
      advice: 'apt-get install wireguard-tools',
    },
    { name: 'Clock', state: 'warn', found: '3 s ahead\nof Telegram', advice: 'run an NTP client' },
  ],
};
const plain = { colours: false };

describe('doctor', () => {
  test('is aligned; advice stands below its check; the last line sums up', () => {
    expect(renderDoctor(report, plain).split('\n')).toEqual([
      'ok    PostgreSQL       bundled, 18.4',
      'fail  WireGuard tools  wg: not found',
      '                       → apt-get install wireguard-tools',
      'warn  Clock            3 s ahead',
      '                       of Telegram',
      '                       → run an NTP client',
      '',
      '1 of 3 checks failed: adit serve would not work as it should.',
      '',
    ]);
  });

  test('sums up what is well, and what wants a look', () => {
    const only = (index: number) => renderDoctor({ takenAt, checks: [report.checks[index]!] }, plain);
    expect(only(0)).toEndWith('All 1 checks are well.\n');
    expect(only(2)).toEndWith('Works; 1 of 1 checks want a look.\n');
  });

  test('colours mark the state only', () => {
    const text = renderDoctor(report, { colours: true });
    expect(text).toContain('\x1b[31mfail\x1b[0m  WireGuard tools');
    expect(Bun.stripANSI(text)).toBe(renderDoctor(report, plain));
  });

  test('as JSON it is the report and its worst state', () => {
    expect(JSON.parse(doctorJson(report))).toEqual({
      state: 'fail',
      takenAt: '2026-03-01T12:00:00.000Z',
      checks: report.checks as unknown,
    });
  });
});

describe('status', () => {
  const status: StatusReport = {
    takenAt,
    sections: [
      { title: 'Database', lines: [{ label: 'pool', value: '3 of 15', state: 'ok' }] },
      { title: 'Jobs', lines: [{ label: 'stuck', value: '2', state: 'warn' }] },
    ],
  };

  test('is one line a value, and marks what is not well', () => {
    expect(renderStatus(status, plain)).toBe('Database\n  pool   3 of 15\n\nJobs\n  stuck  2  warn\n');
  });

  test('as JSON it has its worst state', () => {
    expect(JSON.parse(statusJson(status))).toMatchObject({
      state: 'warn',
      sections: status.sections as unknown,
    });
  });
});

test.each([
  [true, undefined, true],
  [true, '', true],
  [true, '1', false],
  [false, undefined, false],
] as const)('colours on a terminal (%p) with NO_COLOR=%p: %p', (isTerminal, noColor, expected) => {
  expect(wantsColours(isTerminal, noColor)).toBe(expected);
});
