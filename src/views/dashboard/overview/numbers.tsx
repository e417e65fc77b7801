import type { Child } from 'hono/jsx';
import { duration, number } from '../format.ts';
import type { Series } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { Sparkline } from '../sparkline.tsx';

/** A number with its name under it. */
export function Stat({ name, tone, children }: { name: string; tone?: 'warn' | 'bad'; children: Child }) {
  return (
    <div class={tone ? `stat tone-${tone}` : 'stat'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Stats({ children }: { children: Child }) {
  return <dl class="stats">{children}</dl>;
}

export interface HistoryLineProps {
  readonly setting: Setting;
  readonly name: string;
  readonly series: Series;
  readonly top?: number;
  readonly tone?: 'plain' | 'warn' | 'bad';
  /** How the largest value is said; default: a whole number. */
  readonly say?: (value: number) => string;
}

const MINUTE_MS = 60_000;

/** A sparkline with its name and its highest value. */
export function HistoryLine({ setting, name, series, top, tone, say }: HistoryLineProps) {
  const known = series.values.filter((value) => value !== null);
  const tell = say ?? ((value: number) => number(setting.language, value));
  const highest = known.length > 0 ? tell(Math.max(...known)) : '–';
  const latest = known.length > 0 ? tell(known.at(-1)!) : '–';
  const span = duration(setting, Math.max(MINUTE_MS, series.values.length * series.stepMs));
  return (
    <figure class="history-line">
      <figcaption>
        <span>{name}</span>
        <span class="muted">{setting.t('highest', { value: highest, span })}</span>
      </figcaption>
      <Sparkline
        series={series}
        label={setting.t('spark', { name, latest, highest, span })}
        top={top}
        tone={tone}
      />
    </figure>
  );
}
