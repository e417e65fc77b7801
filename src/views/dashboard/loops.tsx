import { duration } from './format.ts';
import { Icon } from './icons.tsx';
import type { LoopRow } from './models/overview.ts';
import type { Setting } from './models.ts';

/** How background loops fare, those in trouble first. Names are the program's. */
export function LoopList({ setting, loops }: { setting: Setting; loops: readonly LoopRow[] }) {
  if (loops.length === 0) return null;
  return (
    <ul class="lines">
      {loops
        .toSorted((a, b) => Number(b.red) - Number(a.red))
        .map((each) => (
          <li>
            <span class="event-text">
              <Icon name={each.red ? 'bad' : 'good'} tone={each.red ? 'bad' : 'good'} />
              <code dir="ltr">{each.name}</code>
            </span>
            <span class="number">{loopText(setting, each)}</span>
          </li>
        ))}
    </ul>
  );
}

function loopText(setting: Setting, { ageMs, failuresInRow, restarts }: LoopRow): string {
  const { t } = setting;
  const parts = [ageMs === null ? t('loop-never') : duration(setting, ageMs)];
  if (failuresInRow > 0) parts.push(t('loop-failures', { count: failuresInRow }));
  if (restarts > 0) parts.push(t('loop-restarts', { count: restarts }));
  return parts.join(' · ');
}
