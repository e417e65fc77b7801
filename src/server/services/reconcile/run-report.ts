import type { NodeId } from '../../core/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { DiffKind, DiffLine, ReconcileRun } from '../../core/ports/store.ts';

/** What one run comes to, written down as it happens: a run that fails halfway tells what it had done by then. */
export interface RunReport {
  count(kind: CountedKind, number: number): void;
  /** A line for the operator. Beyond the most that are kept they are only counted. */
  line(kind: DiffKind, key: string, what: string | (() => string)): void;
  /** The node's file was not as it was left: no peer, and no silence either. */
  noteConfig(what: string): void;
  finish(error: unknown): ReconcileRun;
}

export type CountedKind = 'added' | 'removed' | 'changed' | 'quarantined' | 'refused';

const MOST_LINES = 200;
const LONGEST_LINE = 300;
const LONGEST_ERROR = 500;

export function createRunReport(node: NodeId, dryRun: boolean, clock: Clock): RunReport {
  const startedAt = clock.now();
  const counts: Record<CountedKind, number> = {
    added: 0,
    removed: 0,
    changed: 0,
    quarantined: 0,
    refused: 0,
  };
  const lines: DiffLine[] = [];
  let more = 0;
  let mended = false;

  function line(kind: DiffKind, key: string, what: string | (() => string)): void {
    if (lines.length >= MOST_LINES) {
      more += 1;
      return;
    }
    const told = typeof what === 'string' ? what : what();
    lines.push({ kind, key, what: told.slice(0, LONGEST_LINE) });
  }

  function outcome(error: unknown): ReconcileRun['outcome'] {
    if (error !== null) return 'failed';
    if (counts.refused > 0) return 'refused';
    if (!mended && counts.added + counts.removed + counts.changed === 0) return 'equal';
    return dryRun ? 'drift' : 'corrected';
  }

  return {
    count(kind, number) {
      counts[kind] += number;
    },
    line,
    noteConfig(what) {
      mended = true;
      line('config', '', what);
    },
    finish: (error) => ({
      nodeId: node,
      startedAt,
      finishedAt: clock.now(),
      outcome: outcome(error),
      ...counts,
      error: error === null ? null : messageOf(error),
      dryRun,
      diff: lines.length === 0 ? null : { lines, more },
    }),
  };
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR);
