import type { AccountProfile } from '../../core/access.ts';
import { createBoundedMap } from '../../core/bounded-map.ts';
import type { AccountId, DeviceId } from '../../core/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Language } from '../../core/ports/words.ts';
import type { Renames } from './turn.ts';

/** What the bot keeps in mind about its users between turns. Losing it costs a user one repeated tap at most. */
export interface Memory {
  /** As last read from the database or chosen; null when not known. */
  language(id: AccountId): Language | null;
  learnLanguage(id: AccountId, language: Language): void;
  /** The best guess without asking anybody. */
  guess(profile: AccountProfile): Language;
  renames(id: AccountId): Renames;
}

const RENAME_MS = 10 * 60_000;
const REMEMBERED = 50_000;

export function createMemory(clock: Clock): Memory {
  const languages = createBoundedMap<AccountId, Language>(REMEMBERED);
  const renames = createBoundedMap<AccountId, { device: DeviceId; untilMs: number }>(REMEMBERED);
  return {
    language: (id) => languages.get(id) ?? null,
    learnLanguage: (id, language) => languages.set(id, language),
    guess: (profile) => languages.get(profile.id) ?? profile.languageHint,
    renames: (id) => ({
      expect: (device) => renames.set(id, { device, untilMs: clock.monotonicMs() + RENAME_MS }),
      expected() {
        const pending = renames.get(id);
        return pending && pending.untilMs > clock.monotonicMs() ? pending.device : null;
      },
      forget: () => renames.delete(id),
    }),
  };
}
