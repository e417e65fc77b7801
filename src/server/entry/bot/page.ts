import { type Button, type ButtonAction, writeButton } from '../../core/bot-buttons.ts';
import type { AccountId } from '../../core/ids.ts';
import type { Voice, WordValues } from '../../core/voice.ts';

/** What a screen is drawn with: a language, and the owner its buttons are bound to. */
export interface Page {
  readonly voice: Voice;
  readonly owner: AccountId;
}

/** A message as it will stand in the chat. */
export interface Screen {
  readonly html: string;
  readonly buttons: readonly (readonly Button[])[];
}

export function button(page: Page, key: string, action: ButtonAction, values?: WordValues): Button {
  return { text: page.voice.plain(key, values), data: writeButton(action, page.owner) };
}

/** A text and the way home. */
export function note(page: Page, key: string, values?: WordValues): Screen {
  return { html: page.voice.html(key, values), buttons: [[button(page, 'button-home', { kind: 'home' })]] };
}

/** Paragraphs that are not there are left out. */
export function paragraphs(...texts: readonly (string | null)[]): string {
  return texts.filter((each) => each !== null).join('\n\n');
}
