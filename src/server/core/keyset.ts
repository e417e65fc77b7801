/**
 * Paging by the key of a row instead of its number: a page costs the same anywhere in a list, and rows that come or go
 * meanwhile are neither shown twice nor skipped.
 */

/** A place in a list, between two rows: after (or before) the row with this key. */
export interface Cursor {
  readonly towards: 'next' | 'prev';
  /** What the list is sorted by, as text, the last part unique. */
  readonly key: readonly string[];
}

export interface SliceRequest {
  /** Most rows. */
  readonly limit: number;
  /** Null: from the beginning. */
  readonly cursor: Cursor | null;
}

/** Some rows of a list in its order, and where its neighbours begin; null where there are none. */
export interface Slice<Row> {
  readonly rows: readonly Row[];
  readonly next: Cursor | null;
  readonly prev: Cursor | null;
}

/**
 * The slice of what a reader found: up to `limit + 1` rows from the cursor on, in the direction it looks. The row
 * too many only tells that there is more.
 */
export function sliceOf<Row>(
  found: readonly Row[],
  { limit, cursor }: SliceRequest,
  keyOf: (row: Row) => readonly string[],
): Slice<Row> {
  const backwards = cursor?.towards === 'prev';
  const more = found.length > limit;
  const kept = found.slice(0, limit);
  const rows = backwards ? kept.reverse() : kept;
  const first = rows[0];
  const last = rows.at(-1);
  // Where one came from there is something, or was a moment ago.
  const hasNext = backwards ? cursor !== null : more;
  const hasPrev = backwards ? more : cursor !== null;
  return {
    rows,
    next: hasNext && last ? { towards: 'next', key: keyOf(last) } : null,
    prev: hasPrev && first ? { towards: 'prev', key: keyOf(first) } : null,
  };
}

/** The slice of a list that is in memory already, sorted; `keyOf` grows along it as `compare` says. */
export function sliceOfAll<Row>(
  sorted: readonly Row[],
  request: SliceRequest,
  keyOf: (row: Row) => readonly string[],
  compare: (row: Row, key: readonly string[]) => number,
): Slice<Row> {
  const { cursor, limit } = request;
  if (cursor === null) return sliceOf(sorted.slice(0, limit + 1), request, keyOf);
  if (cursor.towards === 'next') {
    const after = sorted.filter((row) => compare(row, cursor.key) > 0);
    return sliceOf(after.slice(0, limit + 1), request, keyOf);
  }
  const before = sorted.filter((row) => compare(row, cursor.key) < 0);
  return sliceOf(before.reverse().slice(0, limit + 1), request, keyOf);
}
