import { duration, number, rough } from '../format.ts';
import type { BotPanel } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { Empty, NotRead, Panel } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Foreign, Moment } from '../text.tsx';
import { HistoryLine, Stat, Stats } from './numbers.tsx';

export function BotSection({ setting, bot }: { setting: Setting; bot: BotPanel | null }) {
  const { t } = setting;
  return (
    <Panel
      setting={setting}
      id="bot"
      title={t('panel-bot')}
      health={bot?.health ?? 'unknown'}
      href={paths.history('bot')}
    >
      {bot === null && <NotRead t={t} />}
      {bot?.mode === 'off' && <Empty title={t('bot-off')}>{t('bot-off-do')}</Empty>}
      {bot !== null && bot.mode !== 'off' && <BotNumbers setting={setting} bot={bot} />}
    </Panel>
  );
}

function BotNumbers({ setting, bot }: { setting: Setting; bot: BotPanel }) {
  const { t, language } = setting;
  return (
    <>
      <Stats>
        <Stat name={t('bot-updates')}>{rough(language, bot.perMinute)}</Stat>
        <Stat name="p95">{duration(setting, bot.p95Ms)}</Stat>
        <Stat name={t('bot-failures')} tone={bot.failures > 0 ? 'bad' : undefined}>
          {number(language, bot.failures)}
        </Stat>
      </Stats>
      <HistoryLine setting={setting} name={t('bot-updates')} series={bot.history} />
      <ul class="lines">
        <li>
          <span>{t('bot-last')}</span>
          <Moment setting={setting} at={bot.lastUpdateAt} never={t('never')} />
        </li>
        <li>
          <span>{t(`bot-${bot.mode}`)}</span>
          {bot.username && <Foreign text={`@${bot.username}`} />}
        </li>
      </ul>
    </>
  );
}
