/** The languages every text exists in. */
export type Language = 'en' | 'ru';
export const LANGUAGES: readonly Language[] = ['en', 'ru'];

/** Texts for people. An unknown key throws: a test compares the files, so users never meet that. */
export interface Words {
  say(language: Language, key: string, values?: Readonly<Record<string, string | number | Date>>): string;
}
