import { describe, expect, test } from 'bun:test';
import { createWords } from '../../../../../src/server/adapters/words/words.ts';
import type { Series, Vitals, VitalsView } from '../../../../../src/server/core/ports/vitals.ts';
import { historyOf } from '../../../../../src/server/entry/http/overview/history-model.ts';
import { createLivePanels } from '../../../../../src/server/entry/http/overview/live-panels.ts';
import { overviewOf } from '../../../../../src/server/entry/http/overview/overview-model.ts';
import { DASHBOARD_TEXTS } from '../../../../../src/views/words/dashboard-texts.ts';
import { calmVitals, fresh, stale } from '../../../../support/vitals.ts';

const NONE: Series = { values: [], stepMs: 1_000 };
const pool = {
  id: 7,
  node: 'local',
  cidr4: '10.66.0.0/24',
  cidr6: null,
  total: 1_000,
  free: 10,
  leased: 990,
  resting: 0,
  growthPerDay: 5,
};

const view = (changes: Partial<Vitals>, past: Partial<VitalsView> = {}): VitalsView => {
  const vitals = calmVitals(changes);
  return { latest: () => vitals, brief: () => NONE, recent: () => NONE, daily: () => NONE, ...past };
};

describe('E3: the overview', () => {
  test('a panel is as bad as the worst line about it', () => {
    const { database } = calmVitals();
    const shown = overviewOf(
      view({
        addresses: fresh([pool, { ...pool, id: 8, free: 900 }]),
        database: { ...database, waiting: 3, waitingMs: 9_000 },
      }),
    );
    expect(shown.pools?.map(({ id, health, daysLeft }) => [id, health, daysLeft])).toEqual([
      [7, 'bad', 2],
      [8, 'good', 180],
    ]);
    expect(shown.database?.health).toBe('warn');
    expect(shown.loop?.health).toBe('good');
  });

  test('A2: what the database cannot confirm now is not shown as true', () => {
    const away = overviewOf(
      view({
        jobs: stale({ counts: [], stuckTotal: 4, stuck: [] }),
        peers: stale({ wanted: 9, applied: 9, late: 0, oldestLateMs: null }),
        addresses: stale([pool]),
      }),
    );
    expect(away).toMatchObject({ jobs: null, pools: null });
    expect(away.headline).toMatchObject({ peersApplied: null, jobsStuck: null, addressesFree: null });
    expect(away.loop).not.toBeNull();
  });

  test('each panel is drawn once for a picture and language', () => {
    let said = 0;
    const words = createWords(DASHBOARD_TEXTS);
    const counting = {
      say: (...given: Parameters<typeof words.say>) => {
        said += 1;
        return words.say(...given);
      },
    };
    const panels = createLivePanels(view({}), counting);
    const first = panels.draw('loop', 'en');
    const once = said;
    expect(panels.draw('loop', 'en')).toBe(first);
    expect(said).toBe(once);
    expect(panels.draw('loop', 'ru')).not.toBe(first);
    expect(panels.fragment(['loop', 'nonsense'], 'en')).toBe(first);
    expect(first).toContain('hx-target="#panel-loop"');
  });
});

describe('the past of a number', () => {
  const past = (values: readonly (number | null)[], stepMs: number) => () => ({ values, stepMs });

  test('begins where anything was measured, with the moments of its steps', () => {
    const seen = historyOf(
      view({}, { recent: past([null, null, 1, null, 3], 1_000) }),
      'loop',
      '5m',
      100_500,
    );
    expect(seen.at).toEqual([98_000, 99_000, 100_000]);
    expect(seen.lines).toEqual([
      { name: 'p99', values: [1, null, 3] },
      { name: 'max', values: [1, null, 3] },
    ]);
  });

  test('an hour is the last sixty minutes of the day', () => {
    const minutes = Array.from({ length: 1_440 }, (_, index) => index);
    const seen = historyOf(view({}, { daily: past(minutes, 60_000) }), 'database', '1h', 86_400_000);
    expect(seen.at).toHaveLength(60);
    expect(seen.lines[0]!.values.at(-1)).toBe(1_439);
  });

  test('nothing was measured yet', () => {
    expect(historyOf(view({}), 'jobs', '24h', 0)).toMatchObject({ at: [], lines: [{}, {}, {}] });
  });
});
