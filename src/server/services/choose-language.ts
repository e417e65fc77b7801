import type { Repeat, Visit } from '../core/ports/desk.ts';
import type { AccessStore } from '../core/ports/store.ts';
import type { Language } from '../core/ports/words.ts';

/** Remembers the language an account chose. Safe to repeat with the same update. */
export async function chooseLanguage(
  store: AccessStore,
  visit: Visit,
  language: Language,
): Promise<Repeat | { readonly kind: 'done' }> {
  return store.transaction(async (tx) => {
    const settled = await tx.settleUpdates([visit.updateId]);
    if (!settled.has(visit.updateId)) return { kind: 'repeat' };
    await tx.openAccounts([visit.profile]);
    await tx.setLanguage(visit.profile.id, language);
    return { kind: 'done' };
  });
}
