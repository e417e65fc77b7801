import { duration } from '../format.ts';
import { Icon } from '../icons.tsx';
import { LoopList } from '../loops.tsx';
import type { FreezeRow, LoopPanel } from '../models/overview.ts';
import type { Setting, Translate } from '../models.ts';
import { NotRead, Panel } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Moment } from '../text.tsx';
import { HistoryLine, Stat, Stats } from './numbers.tsx';

export function LoopSection({ setting, loop }: { setting: Setting; loop: LoopPanel | null }) {
  const { t } = setting;
  const say = (ms: number) => duration(setting, ms);
  return (
    <Panel
      setting={setting}
      id="loop"
      title={t('panel-loop')}
      health={loop?.health ?? 'unknown'}
      href={paths.history('loop')}
    >
      {loop === null ? (
        <NotRead t={t} />
      ) : (
        <>
          <Stats>
            <Stat name="p50">{say(loop.p50Ms)}</Stat>
            <Stat name="p99">{say(loop.p99Ms)}</Stat>
            <Stat name={t('max')}>{say(loop.maxMs)}</Stat>
          </Stats>
          <HistoryLine setting={setting} name="p99" series={loop.p99History} say={say} />
          <HistoryLine setting={setting} name={t('max')} series={loop.maxHistory} say={say} tone="warn" />
          <h3>{t('freezes')}</h3>
          <Freezes setting={setting} freezes={loop.freezes} />
          <p>{t('loops-summary', { count: loop.loopCount, red: loop.loopsRed })}</p>
          <LoopList setting={setting} loops={loop.troubledLoops} />
        </>
      )}
    </Panel>
  );
}

function Freezes({ setting, freezes }: { setting: Setting; freezes: readonly FreezeRow[] }) {
  const { t } = setting;
  if (freezes.length === 0) return <p class="empty-line">{t('freezes-none')}</p>;
  return (
    <ul class="lines">
      {freezes.map((freeze) => (
        <li>
          <span class="event-text">
            {freeze.end !== 'went-on' && <Icon name="bad" tone="bad" />}
            <Moment setting={setting} at={freeze.at} />
            <FreezeStory t={t} freeze={freeze} />
          </span>
          <b class="number">{duration(setting, freeze.ms)}</b>
        </li>
      ))}
    </ul>
  );
}

/** What it was doing, as far as anybody knows, and whether it cost the process. */
function FreezeStory({ t, freeze }: { t: Translate; freeze: FreezeRow }) {
  return (
    <span>
      {freeze.running.length > 0 && <code dir="ltr">{freeze.running.join(' · ')}</code>}
      {freeze.end === 'watchdog' && ` ${t('freeze-ended')}`}
      {freeze.end === 'lost' && ` ${t('freeze-lost')}`}
    </span>
  );
}
