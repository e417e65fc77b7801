/**
 * Rings of past values on an even grid: a step that saw nothing is a gap, a step that saw several values keeps
 * their mean or their greatest. Memory is taken once, at the start.
 */
export interface SeriesBook<Name extends string> {
  /** `atMs` never goes back; values that are null or left out leave a gap. */
  add(atMs: number, values: Readonly<Partial<Record<Name, number | null>>>): void;
  /** Oldest first, as many as the book is long; the last one is the running step. */
  read(name: Name): readonly (number | null)[];
  readonly stepMs: number;
  /** What the rings take, in bytes. */
  readonly bytes: number;
}

export interface SeriesOptions<Name extends string> {
  readonly names: readonly Name[];
  readonly stepMs: number;
  readonly length: number;
  /** Names of which a step keeps the greatest value; of the others, the mean. */
  readonly greatest: ReadonlySet<Name>;
}

interface Ring {
  readonly values: Float32Array;
  /** How many values the running step has seen. */
  seen: number;
}

export function createSeriesBook<Name extends string>(options: SeriesOptions<Name>): SeriesBook<Name> {
  const { names, stepMs, length, greatest } = options;
  const rings = new Map<Name, Ring>(
    names.map((name) => [name, { values: new Float32Array(length).fill(Number.NaN), seen: 0 }]),
  );
  let step = Number.NEGATIVE_INFINITY;

  /** Steps that passed unseen become gaps; after a whole round there is nothing left to keep. */
  function moveTo(next: number): void {
    if (next <= step) return;
    const gaps = Number.isFinite(step) ? Math.min(next - step, length) : length;
    for (const ring of rings.values()) {
      for (let back = 0; back < gaps; back += 1) ring.values[(next - back) % length] = Number.NaN;
      ring.seen = 0;
    }
    step = next;
  }

  function keep(name: Name, ring: Ring, value: number): void {
    const at = step % length;
    const old = ring.seen === 0 ? value : ring.values[at]!;
    const folded = greatest.has(name) ? Math.max(old, value) : (old * ring.seen + value) / (ring.seen + 1);
    ring.values[at] = folded;
    ring.seen += 1;
  }

  return {
    add(atMs, values) {
      moveTo(Math.floor(atMs / stepMs));
      for (const [name, ring] of rings) {
        const value = values[name];
        if (value !== null && value !== undefined) keep(name, ring, value);
      }
    },
    read(name) {
      const { values } = rings.get(name)!;
      if (!Number.isFinite(step)) return Array.from(values, () => null);
      return Array.from(values, (_, index) => {
        const value = values[(step + 1 + index) % length]!;
        return Number.isNaN(value) ? null : value;
      });
    },
    stepMs,
    bytes: names.length * length * Float32Array.BYTES_PER_ELEMENT,
  };
}
