import { Hidden, PostForm } from './forms.tsx';
import { Icon } from './icons.tsx';
import type { Setting, Shell, Theme } from './models.ts';
import { isAt, places } from './navigation.ts';
import { actions, paths } from './paths.ts';
import { Foreign } from './text.tsx';

/** Brand, pages and the person. On a phone the pages fold into a popover, which needs no script. */
export function Menu({ shell }: { shell: Shell }) {
  const { t } = shell;
  return (
    <header class="side">
      <a class="brand" href={paths.overview}>
        <span class="brand-mark" aria-hidden="true" />
        Adit
      </a>
      <button type="button" class="icon-button menu-button" popovertarget="menu">
        <Icon name="menu" />
        <span class="unseen">{t('menu')}</span>
      </button>
      <div class="menu" id="menu" popover="auto">
        <nav aria-label={t('menu')}>
          <ul>
            {places.map((place) => (
              <li>
                <a
                  href={place.path}
                  aria-current={isAt(place, shell.path) ? 'page' : undefined}
                  data-go={place.key}
                >
                  <Icon name={place.name} />
                  <span>{t(`nav-${place.name}`)}</span>
                  {place.name === 'overview' && <AttentionBadge setting={shell} count={shell.attention} />}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Person shell={shell} />
      </div>
    </header>
  );
}

export interface AttentionBadgeProps {
  readonly setting: Setting;
  readonly count: number | null;
  /** Attributes by which lists learn that they changed. */
  readonly marks?: Readonly<Record<string, string>>;
}

/** Live: how many things need attention, on every page and in the title of its tab. */
export function AttentionBadge({ setting, count, marks }: AttentionBadgeProps) {
  return (
    <span id="badge" class={count ? 'badge' : 'badge none'} data-count={String(count ?? 0)} {...marks}>
      {count ? (
        <>
          <span aria-hidden="true">{String(count)}</span>
          <span class="unseen">{setting.t('badge', { count })}</span>
        </>
      ) : null}
    </span>
  );
}

function Person({ shell }: { shell: Shell }) {
  const { t, operator } = shell;
  if (!operator) return null;
  return (
    <details class="person">
      <summary>
        <span class="person-name">
          <Foreign text={operator.name} />
          <span class="muted">{t(`role-${operator.role}`)}</span>
        </span>
        <Icon name="down" />
      </summary>
      <div class="person-sheet">
        <ThemeSwitch shell={shell} />
        <LanguageSwitch shell={shell} />
        <a href={paths.sessions}>{t('nav-sessions')}</a>
        {operator.role === 'owner' && <a href={paths.operators}>{t('nav-operators')}</a>}
        <button type="button" class="link-button" data-help="">
          {t('help-title')} <kbd>?</kbd>
        </button>
        <PostForm shell={shell} action={actions.logout}>
          <button type="submit" class="button small">
            {t('logout')}
          </button>
        </PostForm>
        <span class="muted version">Adit {shell.version}</span>
      </div>
    </details>
  );
}

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function ThemeSwitch({ shell }: { shell: Shell }) {
  return (
    <form method="post" action={actions.theme} class="switch" hx-post={actions.theme} hx-swap="none">
      <Hidden name="csrf" value={shell.csrf} />
      <Hidden name="back" value={shell.path} />
      <fieldset>
        <legend>{shell.t('theme')}</legend>
        {THEMES.map((theme) => (
          <button
            type="submit"
            name="theme"
            value={theme}
            aria-pressed={String(theme === shell.theme) as 'true' | 'false'}
          >
            {shell.t(`theme-${theme}`)}
          </button>
        ))}
      </fieldset>
    </form>
  );
}

export function LanguageSwitch({ shell }: { shell: Shell }) {
  return (
    <form method="post" action={actions.language} class="switch">
      <Hidden name="csrf" value={shell.csrf} />
      <Hidden name="back" value={shell.path} />
      <fieldset>
        <legend>Язык · Language</legend>
        {(['en', 'ru'] as const).map((language) => (
          <button
            type="submit"
            name="language"
            value={language}
            lang={language}
            aria-pressed={String(language === shell.language) as 'true' | 'false'}
          >
            {language === 'en' ? 'English' : 'Русский'}
          </button>
        ))}
      </fieldset>
    </form>
  );
}
