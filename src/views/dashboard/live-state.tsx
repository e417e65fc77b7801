import { Icon } from './icons.tsx';
import type { Shell } from './models.ts';
import { Moment } from './text.tsx';

/** How fresh the page is: the moment it was made, or, on one that moves by itself, whether its stream is alive. */
export function LiveState({ shell, moves }: { shell: Shell; moves: boolean }) {
  const { t } = shell;
  const isLive = moves && shell.live !== null;
  return (
    <div
      class="live-state"
      id="live-state"
      data-mode={isLive ? 'live' : 'still'}
      data-live={t('live-on')}
      data-paused={t('live-paused')}
      data-away={t('live-away')}
      data-back={t('live-back')}
      hx-morph-skip=""
    >
      <Icon name={isLive ? 'live' : 'wait'} />
      <span class="live-word">{t(isLive ? 'live-on' : 'live-still')}</span>
      <span class="live-age">
        <Moment setting={shell} at={shell.now} />
      </span>
      {isLive && (
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
