import { duration } from '../format.ts';
import type { LoopPanel } from '../models/overview.ts';
import type { Setting } from '../models.ts';
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
          {loop.freezes.length === 0 ? (
            <p class="empty-line">{t('freezes-none')}</p>
          ) : (
            <ul class="lines">
              {loop.freezes.map((freeze) => (
                <li>
                  <Moment setting={setting} at={freeze.at} />
                  <b class="number">{say(freeze.ms)}</b>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Panel>
  );
}
