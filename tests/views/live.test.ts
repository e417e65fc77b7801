import { describe, expect, test } from 'bun:test';
import { renderStory } from '../../src/build/storybook-server.ts';
import { PANEL_NAMES, panelFrame, targetOf } from '../../src/views/dashboard/overview/live.tsx';
import { poisoned } from '../../src/views/storybook/hostile.ts';
import { calm, everythingWrong, fresh, troubled } from '../../src/views/storybook/overview-data.ts';
import { stories } from '../../src/views/storybook/stories.ts';
import { settingIn } from '../support/dashboard-words.ts';

describe('frames of the stream', () => {
  const data = [troubled, calm, fresh, everythingWrong, poisoned(troubled), poisoned(everythingWrong)];

  test.each(PANEL_NAMES)('%s is one data line, aimed at what stands on the page', (name) => {
    const page = renderStory(stories.find((story) => story.name === 'overview')!, 'en', 'system');
    expect(page).toContain(`id="${targetOf(name).slice(1)}"`);
    for (const each of data) {
      const frame = panelFrame(name, settingIn('ru'), each);
      expect(frame).not.toMatch(/[\r\n]/);
      expect(frame).toStartWith(`<hx-partial hx-target="${targetOf(name)}" hx-swap="outerMorph">`);
      expect(frame).toContain(`id="${targetOf(name).slice(1)}"`);
    }
  });

  test('a whole frame fits in 28 KB and holds nobody’s token', () => {
    const frame = PANEL_NAMES.map((name) => panelFrame(name, settingIn('ru'), troubled)).join('');
    expect(frame.length).toBeLessThan(28_000);
    expect(frame).not.toContain('csrf');
  });

  test('the worst comes first', () => {
    const frame = panelFrame('attention', settingIn('en'), troubled);
    expect(frame.indexOf('11 jobs are stuck')).toBeLessThan(frame.indexOf('runs out in 3 days'));
    expect(frame.indexOf('tone-bad')).toBeGreaterThan(-1);
  });

  test('a calm list says so, and its state tells the script', () => {
    const frame = panelFrame('attention', settingIn('en'), calm);
    expect(frame).toContain('All is well.');
    expect(frame).toContain('data-state="good"');
  });
});
