import { duration, number } from '../format.ts';
import { visible } from '../hidden-characters.ts';
import { Th } from '../lists.tsx';
import { sayOr } from '../maybe-words.ts';
import type { RunRow } from '../models/reconcile.ts';
import type { Shell } from '../models.ts';
import { Foreign, Moment } from '../text.tsx';

export const COUNTS = ['added', 'removed', 'changed', 'quarantined', 'refused'] as const;

/** The comparisons of a node; each leads to its page where `href` says so. */
export function RunsTable(props: {
  readonly shell: Shell;
  readonly runs: readonly Omit<RunRow, 'id' | 'dryRun'>[];
  readonly hrefs?: readonly string[];
  readonly dry?: readonly boolean[];
}) {
  const { shell, runs, hrefs, dry } = props;
  const { t } = shell;
  return (
    <table class="table plain">
      <caption class="unseen">{t('reconcile-runs')}</caption>
      <thead>
        <tr>
          <Th class="w-time" text={t('col-when')} />
          <Th text={t('col-outcome')} />
          <Th class="w-num number hide-s" text={t('col-took')} />
          {COUNTS.map((name) => (
            <Th
              class={name === 'refused' ? 'w-num number' : 'w-num number hide-m'}
              text={t(`drift-${name}`)}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run, index) => (
          <RunLine shell={shell} run={run} href={hrefs?.[index] ?? null} dry={dry?.[index] ?? false} />
        ))}
      </tbody>
    </table>
  );
}

interface RunLineProps {
  readonly shell: Shell;
  readonly run: Omit<RunRow, 'id' | 'dryRun'>;
  readonly href: string | null;
  readonly dry: boolean;
}

function RunLine({ shell, run, href, dry }: RunLineProps) {
  const { t } = shell;
  const when = <Moment setting={shell} at={run.at} />;
  return (
    <tr>
      <td>
        {href === null ? (
          when
        ) : (
          <a class="row-link" href={href}>
            {when}
          </a>
        )}
      </td>
      <td>
        {dry && <span class="muted">{t('reconcile-dry')}: </span>}
        <Outcome shell={shell} run={run} />
      </td>
      <td class="number hide-s">{duration(shell, run.durationMs)}</td>
      {COUNTS.map((name) => (
        <td class={name === 'refused' ? 'number' : 'number hide-m'} data-label={t(`drift-${name}`)}>
          {number(shell.language, run[name])}
        </td>
      ))}
    </tr>
  );
}

export function Outcome({ shell, run }: { shell: Shell; run: Pick<RunRow, 'outcome' | 'error'> }) {
  return (
    <>
      {sayOr(shell.t, `reconcile-${run.outcome}`, visible(run.outcome))}
      {run.error && (
        <span class="tone-bad">
          {' '}
          <Foreign text={run.error} />
        </span>
      )}
    </>
  );
}
