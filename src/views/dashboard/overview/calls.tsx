import { duration, number, rough } from '../format.ts';
import { Th } from '../lists.tsx';
import type { CallRow, CallsPanel } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { NotRead, Panel } from '../parts.tsx';
import { paths } from '../paths.ts';
import { BreakerMark } from '../states.tsx';
import { Foreign, Moment } from '../text.tsx';

export function CallsSection({ setting, calls }: { setting: Setting; calls: CallsPanel | null }) {
  const { t } = setting;
  return (
    <Panel
      setting={setting}
      id="calls"
      title={t('panel-calls')}
      health={calls?.health ?? 'unknown'}
      href={paths.history('calls')}
    >
      {calls === null && <NotRead t={t} />}
      {calls?.rows.length === 0 && <p class="empty-line">{t('calls-none')}</p>}
      {calls !== null && calls.rows.length > 0 && <CallsTable setting={setting} rows={calls.rows} />}
    </Panel>
  );
}

function CallsTable({ setting, rows }: { setting: Setting; rows: readonly CallRow[] }) {
  const { t } = setting;
  return (
    <table class="table plain">
      <caption class="unseen">{t('panel-calls')}</caption>
      <thead>
        <tr>
          <Th text={t('col-call')} />
          <Th class="w-state" text={t('col-breaker')} />
          <Th class="w-num number" text={t('col-per-minute')} />
          <Th class="w-num number" text={t('col-failures')} />
          <Th class="w-num number" text="p95" />
          <Th class="hide-m" text={t('col-last-failure')} />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <CallLine setting={setting} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function CallLine({ setting, row }: { setting: Setting; row: CallRow }) {
  const { t, language } = setting;
  return (
    <tr>
      <th scope="row">
        <Foreign text={row.name} />
      </th>
      <td>
        <BreakerMark t={t} state={row.breaker} />
      </td>
      <td class="number" data-label={t('per-minute')}>
        {rough(language, row.perMinute)}
      </td>
      <td class={row.failures > 0 ? 'number tone-bad' : 'number'} data-label={t('col-failures')}>
        {number(language, row.failures)}
      </td>
      <td class="number" data-label="p95">
        {duration(setting, row.p95Ms)}
      </td>
      <td class="hide-m">
        {row.lastFailure ? (
          <>
            <Foreign text={row.lastFailure.reason} />, <Moment setting={setting} at={row.lastFailure.at} />
          </>
        ) : (
          '–'
        )}
      </td>
    </tr>
  );
}
