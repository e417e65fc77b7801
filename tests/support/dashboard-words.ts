import { createWords } from '../../src/server/adapters/words/words.ts';
import type { Language, Setting } from '../../src/views/dashboard/models.ts';
import { NOW } from '../../src/views/storybook/moments.ts';
import { DASHBOARD_TEXTS } from '../../src/views/words/dashboard-texts.ts';

const words = createWords(DASHBOARD_TEXTS);

/** What a panel is drawn in: the dashboard's real words, at the storybook's moment. */
export function settingIn(language: Language): Setting {
  return { language, now: NOW, t: (key, values) => words.say(language, key, values) };
}
