import en from './dashboard.en.ftl' with { type: 'text' };
import ru from './dashboard.ru.ftl' with { type: 'text' };

/** The Fluent sources of everything the dashboard says, by language. */
export const DASHBOARD_TEXTS = { en, ru } as const;
