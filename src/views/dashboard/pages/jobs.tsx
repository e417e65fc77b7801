import { number } from '../format.ts';
import { visible } from '../hidden-characters.ts';
import { Icon } from '../icons.tsx';
import { Choice, FilterForm, ListHead, ListRegion, Pager, Table, Tabs, Th } from '../lists.tsx';
import type { JobRow, JobsModel, JobTab } from '../models/jobs.ts';
import type { Shell } from '../models.ts';
import { Empty, may } from '../parts.tsx';
import { confirmed, csvPaths, paths, withQuery } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { JobStateMark } from '../states.tsx';
import { Foreign, Moment } from '../text.tsx';

const RETRIED: readonly JobTab[] = ['stuck', 'retry', 'dead', 'cancelled'];
const CANCELLED: readonly JobTab[] = ['stuck', 'waiting', 'retry', 'active'];

export function JobsPage({ shell, model }: { shell: Shell; model: JobsModel }) {
  const { t } = shell;
  const { filters, page } = model;
  return (
    <Layout shell={shell} title={t('nav-jobs')}>
      <FilterForm
        shell={shell}
        path={paths.jobs}
        search={{ label: t('jobs-search'), value: filters.q ?? '' }}
        keep={{ state: model.tab }}
      >
        <Choice
          name="queue"
          label={t('col-queue')}
          value={filters.queue ?? ''}
          options={[['', t('any')], ...model.queues.map((queue) => [queue, visible(queue)] as const)]}
        />
      </FilterForm>
      <ListRegion shell={shell} watch={isWatched(model) ? `jobs-${model.tab}` : null}>
        <Tabs label={t('job-states')} tabs={tabsOf(shell, model)} />
        <ListHead shell={shell} page={page} filters={filters} csv={csvPaths.jobs}>
          <BulkLinks shell={shell} model={model} />
        </ListHead>
        {page.rows.length === 0 ? (
          <Empty title={t(filters.q || filters.queue ? 'none-match' : `jobs-empty-${model.tab}`)}>
            {(filters.q || filters.queue) && (
              <a href={withQuery(paths.jobs, { state: model.tab })}>{t('clear-filters')}</a>
            )}
          </Empty>
        ) : (
          <JobsTable shell={shell} rows={page.rows} tab={model.tab} />
        )}
        <Pager shell={shell} path={paths.jobs} filters={filters} page={page} />
      </ListRegion>
    </Layout>
  );
}

/** Jobs that are over are not counted: nobody knows when there are more. */
const isWatched = ({ tab, page }: JobsModel) => page.prev === null && tab !== 'done' && tab !== 'cancelled';

function tabsOf({ t, language }: Shell, model: JobsModel) {
  const { queue, q } = model.filters;
  return model.tabs.map(({ tab, count, estimated }) => ({
    href: withQuery(paths.jobs, { state: tab, queue, q }),
    text: t(`tab-${tab}`),
    count: count === null ? null : `${estimated ? '≈ ' : ''}${number(language, count)}`,
    current: tab === model.tab,
    alarming: (tab === 'stuck' || tab === 'dead') && (count ?? 0) > 0,
  }));
}

/** They lead to a page that says how many jobs it is about, and asks. */
function BulkLinks({ shell, model }: { shell: Shell; model: JobsModel }) {
  const { t } = shell;
  if (!may(shell, 'operator') || model.page.rows.length === 0) return null;
  const { filters, tab } = model;
  const query = { ...filters, state: tab };
  return (
    <>
      {RETRIED.includes(tab) && (
        <a class="button small" href={withQuery(confirmed.retryJobs, query)}>
          <Icon name="again" /> {t('retry-all')}
        </a>
      )}
      {CANCELLED.includes(tab) && (
        <a class="button small" href={withQuery(confirmed.cancelJobs, query)}>
          <Icon name="cross" /> {t('cancel-all')}
        </a>
      )}
      {tab === 'dead' && (
        <a class="button small danger" href={withQuery(confirmed.discardJobs, query)}>
          <Icon name="cross" /> {t('discard-all')}
        </a>
      )}
    </>
  );
}

function JobsTable({ shell, rows, tab }: { shell: Shell; rows: readonly JobRow[]; tab: JobTab }) {
  const { t } = shell;
  return (
    <Table
      label={t(`tab-${tab}`)}
      head={
        <>
          <Th text={t('col-job')} />
          <Th class="w-state" text={t('col-state')} />
          <Th
            class="w-time"
            text={t(tab === 'done' || tab === 'cancelled' ? 'col-finished' : 'col-created')}
          />
          <Th class="w-num number" text={t('col-attempt')} />
          <Th class="w-time hide-m" text={t(tab === 'active' ? 'col-started' : 'col-next')} />
          <Th text={t('col-last-error')} />
        </>
      }
    >
      {rows.map((row) => (
        <JobLine shell={shell} row={row} tab={tab} />
      ))}
    </Table>
  );
}

function JobLine({ shell, row, tab }: { shell: Shell; row: JobRow; tab: JobTab }) {
  return (
    <tr id={`job-${row.id}`}>
      <td>
        <a class="row-link" href={paths.job(row.id)}>
          <Foreign text={row.queue} />
        </a>{' '}
        {row.subject !== null && (
          <span class="muted">
            <Foreign text={row.subject} />
          </span>
        )}
      </td>
      <td>
        <JobStateMark t={shell.t} job={row} />
      </td>
      <td data-label={shell.t(row.finishedAt === null ? 'col-created' : 'col-finished')}>
        <Moment setting={shell} at={row.finishedAt ?? row.createdAt} />
      </td>
      <td class="number" data-label={shell.t('col-attempt')}>
        {row.attempt}/{row.maxAttempts}
      </td>
      <td class="hide-m">
        <Moment setting={shell} at={tab === 'active' ? row.startedAt : row.nextAt} />
      </td>
      <td class={row.lastError ? 'below' : 'none'}>
        {row.lastError ? <Foreign text={row.lastError} /> : '–'}
      </td>
    </tr>
  );
}
