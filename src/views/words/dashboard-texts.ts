import en from './dashboard.en.ftl' with { type: 'text' };
import ru from './dashboard.ru.ftl' with { type: 'text' };
import wayInEn from './way-in.en.ftl' with { type: 'text' };
import wayInRu from './way-in.ru.ftl' with { type: 'text' };

/** The Fluent sources of everything the dashboard says, by language. */
export const DASHBOARD_TEXTS = { en: `${en}\n${wayInEn}`, ru: `${ru}\n${wayInRu}` } as const;
