import { duration } from '../format.ts';
import { Icon } from '../icons.tsx';
import type { FreezeRow, LoopPanel, LoopRow } from '../models/overview.ts';
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
          <h3>{t('loops')}</h3>
          <Loops setting={setting} loops={loop.loops} />
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

/** All of them in a fold: an operator looks when one is red, and that opens it. */
function Loops({ setting, loops }: { setting: Setting; loops: readonly LoopRow[] }) {
  const { t } = setting;
  const red = loops.filter((each) => each.red);
  return (
    <details open={red.length > 0}>
      <summary>{t('loops-summary', { count: loops.length, red: red.length })}</summary>
      <ul class="lines">
        {[...red, ...loops.filter((each) => !each.red)].map((each) => (
          <li>
            <span class="event-text">
              <Icon name={each.red ? 'bad' : 'good'} tone={each.red ? 'bad' : 'good'} />
              <code dir="ltr">{each.name}</code>
            </span>
            <span class="number">{loopText(setting, each)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function loopText(setting: Setting, { ageMs, failuresInRow, restarts }: LoopRow): string {
  const { t } = setting;
  const parts = [ageMs === null ? t('loop-never') : duration(setting, ageMs)];
  if (failuresInRow > 0) parts.push(t('loop-failures', { count: failuresInRow }));
  if (restarts > 0) parts.push(t('loop-restarts', { count: restarts }));
  return parts.join(' · ');
}
