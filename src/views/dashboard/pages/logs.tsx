import { number } from '../format.ts';
import { Icon } from '../icons.tsx';
import { Choice, FilterForm, ListHead, ListRegion, Pager } from '../lists.tsx';
import type { LogRow, LogsModel } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { Empty } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { LevelMark } from '../states.tsx';
import { Block, Foreign, Moment } from '../text.tsx';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export function LogsPage({ shell, model }: { shell: Shell; model: LogsModel }) {
  const { t } = shell;
  const { filters, page } = model;
  return (
    <Layout shell={shell} title={t('nav-logs')}>
      <FilterForm
        shell={shell}
        path={paths.logs}
        search={{ label: t('logs-search'), value: filters.q ?? '' }}
      >
        <Choice
          name="level"
          label={t('logs-level')}
          value={filters.level ?? 'info'}
          options={LEVELS.map((level) => [level, level] as const)}
        />
      </FilterForm>
      <ListRegion shell={shell}>
        <ListHead shell={shell} page={page} filters={filters} />
        {model.dropped > 0 && (
          <p class="notice tone-warn">
            <Icon name="warn" />
            <span>{t('logs-dropped', { shown: number(shell.language, model.dropped) })}</span>
          </p>
        )}
        {page.rows.length === 0 ? (
          <Empty title={t('logs-empty')}>{t('logs-empty-do')}</Empty>
        ) : (
          <ol class="log">
            {page.rows.map((row) => (
              <LogLine shell={shell} row={row} />
            ))}
          </ol>
        )}
        <Pager shell={shell} path={paths.logs} filters={filters} page={page} />
      </ListRegion>
    </Layout>
  );
}

function LogLine({ shell, row }: { shell: Shell; row: LogRow }) {
  const line = (
    <>
      <LevelMark level={row.level} />
      <span class="log-text">
        <Foreign text={row.message} />
      </span>
      <Moment setting={shell} at={row.at} />
    </>
  );
  if (row.fields === null) {
    return (
      <li id={`log-${row.id}`}>
        <div class="log-line">{line}</div>
      </li>
    );
  }
  return (
    <li id={`log-${row.id}`}>
      <details>
        <summary class="log-line row-link">{line}</summary>
        <Block text={row.fields} label={shell.t('log-fields')} />
      </details>
    </li>
  );
}
