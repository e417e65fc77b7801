import { duration, number } from '../format.ts';
import { visible } from '../hidden-characters.ts';
import { Table, Th } from '../lists.tsx';
import { sayOr } from '../maybe-words.ts';
import type { RunModel } from '../models/reconcile.ts';
import type { Shell } from '../models.ts';
import { Empty, Fact, Facts } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Code, Foreign, Moment } from '../text.tsx';
import { COUNTS, Outcome } from './runs-table.tsx';

/** One comparison with what it found, line by line. */
export function RunPage({ shell, model }: { shell: Shell; model: RunModel }) {
  const { t, language } = shell;
  const { run } = model;
  return (
    <Layout
      shell={shell}
      title={t(run.dryRun ? 'run-title-dry' : 'run-title')}
      parent={{ href: paths.node(model.node), name: visible(model.node) }}
    >
      <Facts>
        <Fact name={t('col-outcome')}>
          <Outcome shell={shell} run={run} />
        </Fact>
        <Fact name={t('col-when')}>
          <Moment setting={shell} at={run.at} />
        </Fact>
        <Fact name={t('col-took')}>{duration(shell, run.durationMs)}</Fact>
        {COUNTS.map((name) => (
          <Fact name={t(`drift-${name}`)}>{number(language, run[name])}</Fact>
        ))}
      </Facts>
      <h2>{t('run-diff')}</h2>
      {run.dryRun && <p class="muted">{t('run-dry-about')}</p>}
      {model.lines.length === 0 ? (
        <Empty title={t('run-diff-none')} />
      ) : (
        <DiffTable shell={shell} model={model} />
      )}
    </Layout>
  );
}

function DiffTable({ shell, model }: { shell: Shell; model: RunModel }) {
  const { t } = shell;
  return (
    <>
      <Table
        label={t('run-diff')}
        head={
          <>
            <Th class="w-state" text={t('col-change')} />
            <Th text={t('col-key')} />
            <Th text={t('col-what')} />
          </>
        }
      >
        {model.lines.map((line) => (
          <tr>
            <td>{sayOr(t, `drift-${line.kind}`, visible(line.kind))}</td>
            <td>{line.key === '' ? '–' : <Code t={t} text={line.key} />}</td>
            <td>
              <Foreign text={line.what} />
            </td>
          </tr>
        ))}
      </Table>
      {model.more > 0 && <p class="muted after-table">{t('lines-more', { count: model.more })}</p>}
    </>
  );
}
