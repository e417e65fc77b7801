import { FluentBundle, FluentDateTime, FluentResource, type FluentVariable } from '@fluent/bundle';
import { AppError } from '../../core/errors.ts';
import { LANGUAGES, type Language, type Words } from '../../core/ports/words.ts';

/** British English: day before month, and 24 hours. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', ru: 'ru' };

type Values = Readonly<Record<string, string | number | Date>>;

/** Words from Fluent sources (https://projectfluent.org). Throws when a source has a mistake. Dates are UTC. */
export function createWords(sources: Readonly<Record<Language, string>>): Words {
  const bundles = new Map(LANGUAGES.map((each) => [each, bundleOf(each, sources[each])]));
  const constants = new Map<string, string>();
  return {
    say(language, key, values) {
      const bundle = bundles.get(language);
      if (!bundle) throw new AppError('internal', `no words in ${language}`);
      if (values) return format(bundle, key, values);
      const name = `${language}:${key}`;
      const known = constants.get(name);
      if (known !== undefined) return known;
      const text = format(bundle, key, {});
      constants.set(name, text);
      return text;
    },
  };
}

function bundleOf(language: Language, source: string): FluentBundle {
  const bundle = new FluentBundle(LOCALES[language], { useIsolating: false });
  const [mistake] = bundle.addResource(new FluentResource(source));
  if (mistake) throw mistake;
  return bundle;
}

function format(bundle: FluentBundle, key: string, values: Values): string {
  const pattern = bundle.getMessage(key)?.value;
  if (!pattern) throw new AppError('internal', `no text for ${key}`);
  const mistakes: Error[] = [];
  const text = bundle.formatPattern(pattern, fluent(values), mistakes);
  if (mistakes.length > 0) {
    throw new AppError('internal', `text ${key} could not be made`, { cause: mistakes[0] });
  }
  return text;
}

function fluent(values: Values): Record<string, FluentVariable> {
  const variables: Record<string, FluentVariable> = {};
  for (const [name, value] of Object.entries(values)) {
    variables[name] = value instanceof Date ? new FluentDateTime(value, { timeZone: 'UTC' }) : value;
  }
  return variables;
}
