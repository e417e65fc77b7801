import { Bar } from '../bar.tsx';
import { duration, number } from '../format.ts';
import type { DatabasePanel } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { NotRead, Panel } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Foreign } from '../text.tsx';
import { HistoryLine, Stat, Stats } from './numbers.tsx';

export function DatabaseSection({ setting, database }: { setting: Setting; database: DatabasePanel | null }) {
  const { t } = setting;
  return (
    <Panel
      setting={setting}
      id="database"
      title={t('panel-database')}
      health={database?.health ?? 'unknown'}
      href={paths.history('database')}
    >
      {database === null ? <NotRead t={t} /> : <DatabaseNumbers setting={setting} database={database} />}
    </Panel>
  );
}

function DatabaseNumbers({ setting, database }: { setting: Setting; database: DatabasePanel }) {
  const { t, language } = setting;
  return (
    <>
      {database.problem !== null && (
        <p class="panel-problem">
          <Foreign text={database.problem} />
        </p>
      )}
      <Stats>
        <Stat name={t('pool-in-use')}>{number(language, database.inUse)}</Stat>
        <Stat name={t('pool-idle')}>{number(language, database.idle)}</Stat>
        <Stat name={t('pool-waiting')} tone={database.waiting > 0 ? 'warn' : undefined}>
          {number(language, database.waiting)}
        </Stat>
        <Stat name={t('pool-max')}>{number(language, database.max)}</Stat>
        <Stat name={t('pool-wait')}>{duration(setting, database.waitMaxMs)}</Stat>
      </Stats>
      <PoolBar setting={setting} database={database} />
      <HistoryLine
        setting={setting}
        name={t('pool-in-use')}
        series={database.inUseHistory}
        top={database.max}
      />
      <HistoryLine
        setting={setting}
        name={t('pool-waiting')}
        series={database.waitingHistory}
        top={1}
        tone="warn"
      />
    </>
  );
}

function PoolBar({ setting, database }: { setting: Setting; database: DatabasePanel }) {
  const unopened = Math.max(0, database.max - database.inUse - database.idle);
  return (
    <Bar
      label={setting.t('pool-bar', { used: database.inUse, idle: database.idle, max: database.max })}
      parts={[
        { value: database.inUse, tone: 'used' },
        { value: database.idle, tone: 'idle' },
        { value: unopened, tone: 'free' },
      ]}
    />
  );
}
