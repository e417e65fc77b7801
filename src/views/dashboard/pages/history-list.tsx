import { clipped, visible } from '../hidden-characters.ts';
import { sayOr } from '../maybe-words.ts';
import type { HistoryRow } from '../models/people.ts';
import type { Shell } from '../models.ts';
import { Foreign, Moment } from '../text.tsx';

/** What happened to an account or a peer, newest first. */
export function HistoryList({ shell, rows }: { shell: Shell; rows: readonly HistoryRow[] }) {
  if (rows.length === 0) return <p class="empty-line">{shell.t('history-empty')}</p>;
  return (
    <ul class="lines boxed">
      {rows.map((row) => (
        <li>
          <span>
            {sayOr(shell.t, `history-${row.kind}`, visible(row.kind), readable(row.values))}
            {row.operator && (
              <span class="muted">
                {' · '}
                <Foreign text={row.operator} />
              </span>
            )}
          </span>
          <Moment setting={shell} at={row.at} />
        </li>
      ))}
    </ul>
  );
}

function readable(values: HistoryRow['values']): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? clipped(visible(value), 120) : value,
    ]),
  );
}
