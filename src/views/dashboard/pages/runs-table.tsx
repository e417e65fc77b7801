import { duration, number } from '../format.ts';
import { visible } from '../hidden-characters.ts';
import type { IconName } from '../icons.tsx';
import { Th } from '../lists.tsx';
import { sayOr } from '../maybe-words.ts';
import type { RunRow } from '../models/reconcile.ts';
import type { Shell } from '../models.ts';
import { State, type Tone } from '../parts.tsx';
import { Foreign, Moment } from '../text.tsx';

export const COUNTS = ['added', 'removed', 'changed', 'quarantined', 'refused'] as const;

/** What the database keeps of a comparison; anything newer is shown by its own name. */
const OUTCOMES: Readonly<Record<string, { tone: Tone; icon: IconName }>> = {
  equal: { tone: 'plain', icon: 'good' },
  corrected: { tone: 'good', icon: 'good' },
  drift: { tone: 'warn', icon: 'warn' },
  refused: { tone: 'warn', icon: 'warn' },
  failed: { tone: 'bad', icon: 'bad' },
};
const UNTOLD = { tone: 'plain', icon: 'unknown' } as const;

/** On a page of middle width the outcome says enough of the others. */
const roomOf = (name: (typeof COUNTS)[number]) => (name === 'refused' ? '' : ' hide-mid');

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
            <Th class={`w-num number${roomOf(name)}`} text={t(`drift-${name}`)} />
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
      <td class="lead">
        {dry && <span class="muted">{t('reconcile-dry')}: </span>}
        <Outcome shell={shell} run={run} />
      </td>
      <td class="number hide-s">{duration(shell, run.durationMs)}</td>
      {COUNTS.map((name) => (
        <td
          class={`number${roomOf(name)}${run[name] === 0 ? ' zero none' : ''}`}
          data-label={t(`drift-${name}`)}
        >
          {number(shell.language, run[name])}
        </td>
      ))}
    </tr>
  );
}

export function Outcome({ shell, run }: { shell: Shell; run: Pick<RunRow, 'outcome' | 'error'> }) {
  return (
    <>
      <State {...(OUTCOMES[run.outcome] ?? UNTOLD)}>
        {sayOr(shell.t, `reconcile-${run.outcome}`, visible(run.outcome))}
      </State>{' '}
      {run.error && (
        <span class="tone-bad">
          <Foreign text={run.error} />
        </span>
      )}
    </>
  );
}
