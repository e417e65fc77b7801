import { number } from '../format.ts';
import { Choice, FilterForm, ListHead, ListRegion, Pager, Table, Th } from '../lists.tsx';
import type { AccountRow, AccountsModel } from '../models/people.ts';
import type { Shell } from '../models.ts';
import { Empty } from '../parts.tsx';
import { csvPaths, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { AccountStateMark } from '../states.tsx';
import { Foreign, Moment } from '../text.tsx';

const STATES = ['active', 'expired', 'limited', 'paused', 'none', 'blocked'] as const;
const SORTS = ['newest', 'oldest', 'name', 'until'] as const;

export function AccountsPage({ shell, model }: { shell: Shell; model: AccountsModel }) {
  const { t } = shell;
  const { filters, page } = model;
  const options = (values: readonly string[], prefix: string) =>
    values.map((value) => [value, t(`${prefix}-${value}`)] as const);
  return (
    <Layout shell={shell} title={t('nav-accounts')}>
      <FilterForm
        shell={shell}
        path={paths.accounts}
        search={{ label: t('accounts-search'), value: filters.q ?? '' }}
      >
        <Choice
          name="state"
          label={t('col-state')}
          value={filters.state ?? ''}
          options={[['', t('any')], ...options(STATES, 'account')]}
        />
        <Choice
          name="sort"
          label={t('sort')}
          value={filters.sort ?? 'newest'}
          options={options(SORTS, 'sort')}
        />
      </FilterForm>
      <ListRegion shell={shell}>
        <ListHead shell={shell} page={page} filters={filters} csv={csvPaths.accounts} />
        {page.rows.length === 0 ? (
          <NoAccounts shell={shell} filtered={Boolean(filters.q || filters.state)} />
        ) : (
          <AccountsTable shell={shell} rows={page.rows} />
        )}
        <Pager shell={shell} path={paths.accounts} filters={filters} page={page} />
      </ListRegion>
    </Layout>
  );
}

function NoAccounts({ shell, filtered }: { shell: Shell; filtered: boolean }) {
  const { t } = shell;
  if (!filtered) return <Empty title={t('accounts-empty')}>{t('accounts-empty-do')}</Empty>;
  return (
    <Empty title={t('none-match')}>
      <a href={paths.accounts}>{t('clear-filters')}</a>
    </Empty>
  );
}

function AccountsTable({ shell, rows }: { shell: Shell; rows: readonly AccountRow[] }) {
  const { t } = shell;
  return (
    <Table
      label={t('nav-accounts')}
      head={
        <>
          <Th text={t('col-name')} />
          <Th class="w-id hide-s" text="Telegram" />
          <Th class="w-state" text={t('col-state')} />
          <Th class="w-word hide-m" text={t('col-plan')} />
          <Th class="w-time" text={t('col-until')} />
          <Th class="w-num number" text={t('col-devices')} />
          <Th class="w-time hide-m" text={t('col-since')} />
        </>
      }
    >
      {rows.map((row) => (
        <AccountLine shell={shell} row={row} />
      ))}
    </Table>
  );
}

function AccountLine({ shell, row }: { shell: Shell; row: AccountRow }) {
  const { t, language } = shell;
  return (
    <tr id={`account-${row.id}`}>
      <td>
        <a class="row-link" href={paths.account(row.id)}>
          {row.name.trim() === '' ? t('no-name') : <Foreign text={row.name} />}
        </a>{' '}
        {row.username && (
          <span class="muted">
            <Foreign text={`@${row.username}`} />
          </span>
        )}
      </td>
      <td class="hide-s code">{row.id}</td>
      <td>
        <AccountStateMark t={t} state={row.state} />
      </td>
      <td class="hide-m">{row.plan ? <Foreign text={row.plan} /> : '–'}</td>
      <td data-label={t('col-until')}>
        <Moment setting={shell} at={row.until} />
      </td>
      <td class="number" data-label={t('col-devices')}>
        {number(language, row.devices)}
      </td>
      <td class="hide-m">
        <Moment setting={shell} at={row.createdAt} />
      </td>
    </tr>
  );
}
