import { Icon } from './icons.tsx';
import type { Shell } from './models.ts';
import { Moment } from './text.tsx';

/** How fresh the page is: without the script the moment it was made; with it, whether the stream is alive. */
export function LiveState({ shell }: { shell: Shell }) {
  const { t } = shell;
  return (
    <div
      class="live-state"
      id="live-state"
      data-mode={shell.live === null ? 'still' : 'live'}
      data-live={t('live-on')}
      data-paused={t('live-paused')}
      data-away={t('live-away')}
      data-back={t('live-back')}
      hx-morph-skip=""
    >
      <Icon name={shell.live === null ? 'wait' : 'live'} />
      <span class="live-word">{shell.live === null ? t('live-still') : t('live-on')}</span>
      <span class="live-age">
        <Moment setting={shell} at={shell.now} />
      </span>
      {shell.live !== null && (
        <button type="button" class="button small quiet" id="live-pause" aria-pressed="false" data-key="x">
          <Icon name="pause" />
          <span>{t('live-pause')}</span>
        </button>
      )}
      <a class="icon-button" href={shell.path} id="refresh">
        <Icon name="again" />
        <span class="unseen">{t('refresh')}</span>
      </a>
    </div>
  );
}
