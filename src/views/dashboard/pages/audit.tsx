import { visible } from '../hidden-characters.ts';
import { Choice, FilterForm, ListHead, ListRegion, Pager, Table, Th } from '../lists.tsx';
import { sayOr } from '../maybe-words.ts';
import type { AuditModel, AuditRow } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { Empty } from '../parts.tsx';
import { csvPaths, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { OutcomeMark } from '../states.tsx';
import { Foreign, Moment } from '../text.tsx';

export function AuditPage({ shell, model }: { shell: Shell; model: AuditModel }) {
  const { t } = shell;
  const { filters, page } = model;
  const named = (action: string) => sayOr(t, `audit-${action}`, visible(action));
  return (
    <Layout shell={shell} title={t('nav-audit')}>
      <FilterForm
        shell={shell}
        path={paths.audit}
        search={{ label: t('audit-search'), value: filters.q ?? '' }}
      >
        <Choice
          name="operator"
          label={t('col-operator')}
          value={filters.operator ?? ''}
          options={[['', t('any')], ...model.operators.map((name) => [name, visible(name)] as const)]}
        />
        <Choice
          name="action"
          label={t('col-action')}
          value={filters.action ?? ''}
          options={[['', t('any')], ...model.actions.map((action) => [action, named(action)] as const)]}
        />
      </FilterForm>
      <ListRegion shell={shell}>
        <ListHead shell={shell} page={page} filters={filters} csv={csvPaths.audit} />
        {page.rows.length === 0 ? (
          <Empty title={t(filters.q || filters.operator || filters.action ? 'none-match' : 'audit-empty')}>
            {t('audit-empty-do')}
          </Empty>
        ) : (
          <AuditTable shell={shell} rows={page.rows} named={named} />
        )}
        <Pager shell={shell} path={paths.audit} filters={filters} page={page} />
      </ListRegion>
    </Layout>
  );
}

interface AuditTableProps {
  readonly shell: Shell;
  readonly rows: readonly AuditRow[];
  readonly named: (action: string) => string;
}

function AuditTable({ shell, rows, named }: AuditTableProps) {
  const { t } = shell;
  return (
    <Table
      label={t('nav-audit')}
      head={
        <>
          <Th class="w-time" text={t('col-when')} />
          <Th class="w-name" text={t('col-operator')} />
          <Th text={t('col-action')} />
          <Th text={t('col-subject')} />
          <Th class="hide-m" text={t('col-detail')} />
          <Th class="w-address hide-m" text={t('col-from')} />
          <Th class="w-state" text={t('col-outcome')} />
        </>
      }
    >
      {rows.map((row) => (
        <AuditLine shell={shell} row={row} action={named(row.action)} />
      ))}
    </Table>
  );
}

function AuditLine({ shell, row, action }: { shell: Shell; row: AuditRow; action: string }) {
  return (
    <tr id={`audit-${row.id}`}>
      <td>
        <Moment setting={shell} at={row.at} />
      </td>
      <td>
        <Foreign text={row.operator} />
      </td>
      <td class="lead">{action}</td>
      <td class={row.subject === null ? 'none' : undefined}>
        {row.subject !== null && row.subjectHref !== null && (
          <a class="row-link" href={row.subjectHref}>
            <Foreign text={row.subject} />
          </a>
        )}
        {row.subject !== null && row.subjectHref === null && <Foreign text={row.subject} />}
        {row.subject === null && '–'}
      </td>
      <td class="hide-m">{row.detail ? <Foreign text={row.detail} /> : '–'}</td>
      <td class="code hide-m">
        <Foreign text={row.address} />
      </td>
      <td>
        <OutcomeMark t={shell.t} outcome={row.outcome} />
      </td>
    </tr>
  );
}
