import type { Series } from './models/overview.ts';

/** Of the picture's own space; it is stretched to its place. Whole numbers keep frames small. */
const HEIGHT = 100;
const MOST_POINTS = 60;

export interface SparklineProps {
  readonly series: Series;
  /** What a screen reader says instead of the picture. */
  readonly label: string;
  /** The value at the upper edge; default: the largest one. */
  readonly top?: number;
  readonly tone?: 'plain' | 'warn' | 'bad';
}

/** A small line of past values, drawn by the server. Gaps stay gaps; one lonely value is a dot. */
export function Sparkline({ series, label, top, tone = 'plain' }: SparklineProps) {
  const points = thinned(series.values);
  const highest = Math.max(top ?? 0, ...points.map((value) => value ?? 0)) || 1;
  const runs = runsOf(points, highest);
  return (
    <svg
      class={`spark tone-${tone}`}
      viewBox={`0 0 ${Math.max(1, points.length - 1)} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="spark-area" d={runs.map(areaOf).join('')} />
      <path class="spark-line" d={runs.map(lineOf).join('')} />
    </svg>
  );
}

type Point = readonly [x: number, y: number];

/** At most `MOST_POINTS` values: of each group the largest, so that no peak is lost. */
export function thinned(values: readonly (number | null)[]): readonly (number | null)[] {
  const clean = values.map((value) => (value !== null && Number.isFinite(value) ? Math.max(0, value) : null));
  if (clean.length <= MOST_POINTS) return clean;
  const size = clean.length / MOST_POINTS;
  return Array.from({ length: MOST_POINTS }, (_, index) => {
    const group = clean.slice(Math.floor(index * size), Math.floor((index + 1) * size));
    const known = group.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}

/** Unbroken stretches of values as points of the picture. */
function runsOf(values: readonly (number | null)[], highest: number): readonly (readonly Point[])[] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  values.forEach((value, index) => {
    if (value === null) {
      if (run.length > 0) runs.push(run);
      run = [];
      return;
    }
    run.push([index, Math.round(HEIGHT - 3 - (value / highest) * (HEIGHT - 6))]);
  });
  if (run.length > 0) runs.push(run);
  return runs;
}

function lineOf(run: readonly Point[]): string {
  // The end of the line is drawn twice: a path of one point would draw nothing.
  const last = run.at(-1)!;
  return `M${run.map(([x, y]) => `${x} ${y}`).join(' ')} ${last[0]} ${last[1]}`;
}

function areaOf(run: readonly Point[]): string {
  return `M${run[0]![0]} ${HEIGHT} ${run.map(([x, y]) => `${x} ${y}`).join(' ')} ${run.at(-1)![0]} ${HEIGHT}Z`;
}
