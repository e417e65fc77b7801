import { Bar } from '../bar.tsx';
import { number } from '../format.ts';
import { Icon } from '../icons.tsx';
import type { Health, PoolUsage } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { Empty, NotRead, Panel } from '../parts.tsx';
import { paths } from '../paths.ts';

const WORST: readonly Health[] = ['bad', 'warn', 'unknown', 'good'];

export function PoolsSection({ setting, pools }: { setting: Setting; pools: readonly PoolUsage[] | null }) {
  const { t } = setting;
  const health = WORST.find((each) => pools?.some((pool) => pool.health === each)) ?? 'unknown';
  return (
    <Panel setting={setting} id="pools" title={t('panel-pools')} health={health} href={paths.pools}>
      {pools === null && <NotRead t={t} />}
      {pools?.length === 0 && (
        <Empty title={t('pools-empty')}>
          <a href={paths.pools}>{t('pools-empty-do')}</a>
        </Empty>
      )}
      {pools?.map((pool) => (
        <div class="pool" id={`pool-${pool.id}`}>
          <p class="pool-head">
            <code>{pool.cidr4}</code>
            <DaysLeft setting={setting} pool={pool} />
          </p>
          <PoolShares setting={setting} pool={pool} />
        </div>
      ))}
    </Panel>
  );
}

/** The bar and what it says in numbers: free, leased, resting. */
export function PoolShares({ setting, pool }: { setting: Setting; pool: PoolUsage }) {
  const { t, language } = setting;
  const shares = [
    ['used', 'address-leased', pool.leased],
    ['resting', 'address-resting', pool.resting],
    ['free', 'address-free', pool.free],
  ] as const;
  const label = shares.map(([, key, value]) => `${t(key)} ${number(language, value)}`).join(', ');
  return (
    <>
      <Bar label={label} parts={shares.map(([tone, , value]) => ({ tone, value }))} />
      <p class="legend">
        {shares.map(([tone, key, value]) => (
          <span>
            <svg class="swatch" viewBox="0 0 8 8" aria-hidden="true">
              <rect class={`bar-${tone}`} width="8" height="8" rx="1" />
            </svg>
            {t(key)} <b>{number(language, value)}</b>
          </span>
        ))}
      </p>
    </>
  );
}

export function DaysLeft({ setting, pool }: { setting: Setting; pool: PoolUsage }) {
  const { t } = setting;
  if (pool.free === 0) {
    return (
      <span class="state tone-bad">
        <Icon name="bad" /> {t('pool-full')}
      </span>
    );
  }
  if (pool.daysLeft === null) {
    return <span class="muted">{t(pool.growthPerDay === null ? 'pool-young' : 'pool-steady')}</span>;
  }
  const tone = pool.health === 'good' ? 'plain' : pool.health;
  return (
    <span class={`state tone-${tone}`}>
      <Icon name={tone === 'plain' ? 'wait' : 'warn'} />
      {t('pool-days', { days: Math.floor(pool.daysLeft) })}
    </span>
  );
}
