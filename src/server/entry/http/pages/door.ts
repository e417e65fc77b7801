import type { Filters, Page, Shell } from '../../../../views/dashboard/models.ts';
import type { Cursor, Slice, SliceRequest } from '../../../core/keyset.ts';
import type { RouteContext } from '../routes.ts';
import { decodeCursor, encodeCursor, type KeyShape } from './cursor.ts';
import { PAGE_ROWS } from './deps.ts';

/**
 * Reads the filters of a list from its address, strictly. What does not fit is left out and said on the page that is
 * shown all the same, so that nobody loses what he typed.
 */
export interface Door {
  /** Without control characters, at most 200 letters; empty when it is not there. */
  text(name: string): string;
  /** One of these, or null when it is not there. */
  choice<const T extends string>(name: string, allowed: readonly T[]): T | null;
  /** Where in the list the page begins. */
  slice(shape: readonly KeyShape[]): SliceRequest;
  /** The filters that were understood, as the views echo them. */
  filters(): Filters;
  /** The shell, with a word about what was not understood. */
  shell(): Shell;
}

export const MOST_TYPED = 200;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** As it may be searched for: the database holds no NUL and no half of a pair. */
export const typedText = (text: string | null, most = MOST_TYPED): string =>
  (text ?? '').replaceAll(CONTROL, ' ').toWellFormed().trim().slice(0, most).toWellFormed();

export function openDoor(context: RouteContext, query: URLSearchParams = context.query): Door {
  const filters: Record<string, string> = {};
  const wrong: string[] = [];

  function keep(name: string, value: string): void {
    if (value !== '') filters[name] = value;
  }

  return {
    text(name) {
      const value = typedText(query.get(name));
      keep(name, value);
      return value;
    },
    choice(name, allowed) {
      const given = query.get(name) ?? '';
      const found = allowed.find((each) => each === given) ?? null;
      if (found === null && given !== '') wrong.push(name);
      keep(name, found ?? '');
      return found;
    },
    slice(shape) {
      const cursor = cursorOf(query, shape);
      if (cursor === undefined) wrong.push(query.has('after') ? 'after' : 'before');
      return { limit: PAGE_ROWS, cursor: cursor ?? null };
    },
    filters: () => filters,
    shell() {
      const shell = context.shell();
      if (wrong.length === 0) return shell;
      const text = shell.t('door-unknown', { names: wrong.join(', ') });
      return { ...shell, notice: { tone: 'warn', text } };
    },
  };
}

/** Null: the beginning. Undefined: what is there is no place in this list. */
function cursorOf(query: URLSearchParams, shape: readonly KeyShape[]): Cursor | null | undefined {
  for (const [name, towards] of [
    ['after', 'next'],
    ['before', 'prev'],
  ] as const) {
    const given = query.get(name);
    if (given !== null && given !== '') {
      const key = decodeCursor(given, shape);
      return key === null ? undefined : { towards, key };
    }
  }
  return null;
}

/** A slice as the views page through it. */
export function toPage<Row>(slice: Slice<Row>, total: number | null): Page<Row> {
  const place = (cursor: Cursor | null) => (cursor === null ? null : encodeCursor(cursor.key));
  return { rows: slice.rows, next: place(slice.next), prev: place(slice.prev), total };
}
