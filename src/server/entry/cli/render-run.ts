import type { ReconcileRun } from '../../core/ports/store.ts';
import type { ExitCode } from './exit-code.ts';

const COUNTS = ['added', 'removed', 'changed', 'quarantined', 'refused'] as const;

/** 0: equal, or made equal. 3: it differs, and was not to be changed or waits for an operator. 1: it failed. */
export function exitCodeOf({ outcome }: Pick<ReconcileRun, 'outcome'>): ExitCode {
  if (outcome === 'failed') return 1;
  return outcome === 'equal' || outcome === 'corrected' ? 0 : 3;
}

/** What it came to in a sentence, the counts, and a line for each difference. */
export function renderRun(run: ReconcileRun): string {
  const width = Math.max(...COUNTS.map((name) => name.length));
  const counts = COUNTS.map((name) => `  ${name.padEnd(width)}  ${run[name]}`);
  const lines = (run.diff?.lines ?? []).map(({ kind, key, what }) =>
    ['  ', kind.padEnd(width), '  ', ...(key === '' ? [] : [key, '  ']), what].join('').trimEnd(),
  );
  const more = run.diff && run.diff.more > 0 ? [`  and ${run.diff.more} more`] : [];
  const parts = [summaryOf(run), ...counts, ...(lines.length > 0 ? ['', ...lines, ...more] : [])];
  return `${parts.join('\n')}\n`;
}

/** For programs. Field names are stable. */
export function runJson({ nodeId, diff, ...run }: ReconcileRun): string {
  const { lines, more } = diff ?? { lines: [], more: 0 };
  return `${JSON.stringify({ node: nodeId, ...run, lines, more }, null, 2)}\n`;
}

function summaryOf({ nodeId, outcome, dryRun, error }: ReconcileRun): string {
  switch (outcome) {
    case 'equal':
      return `${nodeId}: equal to the database.`;
    case 'drift':
      return `${nodeId}: differs from the database; nothing was changed.`;
    case 'refused':
      return dryRun
        ? `${nodeId}: differs from the database; some removals would wait for an operator. Nothing was changed.`
        : `${nodeId}: some removals wait for an operator, on the dashboard's page of the node.`;
    case 'failed':
      return `${nodeId}: could not be compared: ${error}`;
    default:
      return `${nodeId}: ${outcome}.`;
  }
}
