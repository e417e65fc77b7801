import en from './en.ftl' with { type: 'text' };
import ru from './ru.ftl' with { type: 'text' };

/** The Fluent sources of everything the bot says, by language. */
export const TEXTS = { en, ru } as const;
