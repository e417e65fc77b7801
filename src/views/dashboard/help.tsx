import { Icon } from './icons.tsx';
import type { Shell } from './models.ts';
import { places } from './navigation.ts';

/** What the keyboard does. Opened by `?`, closed by Esc: a dialog of the browser's own. */
export function HelpDialog({ shell }: { shell: Shell }) {
  const { t } = shell;
  const general: readonly (readonly [keys: readonly string[], key: string])[] = [
    [['?'], 'help-help'],
    [['/'], 'help-search'],
    [['j', 'k'], 'help-rows'],
    [['Enter'], 'help-open'],
    [['r'], 'help-refresh'],
    [['x'], 'help-pause'],
    [['Esc'], 'help-escape'],
  ];
  return (
    <dialog id="help" aria-labelledby="help-title">
      <header class="panel-head">
        <h2 id="help-title">{t('help-title')}</h2>
        <form method="dialog">
          <button type="submit" class="icon-button">
            <Icon name="cross" />
            <span class="unseen">{t('close')}</span>
          </button>
        </form>
      </header>
      <div class="help-columns">
        <dl class="keys">
          {general.map(([keys, key]) => (
            <Keys keys={keys} text={t(key)} />
          ))}
        </dl>
        <dl class="keys">
          {places.map((place) => (
            <Keys keys={['g', place.key]} text={t(`nav-${place.name}`)} />
          ))}
        </dl>
      </div>
    </dialog>
  );
}

function Keys({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd>{key}</kbd>
        ))}
      </dt>
      <dd>{text}</dd>
    </div>
  );
}
