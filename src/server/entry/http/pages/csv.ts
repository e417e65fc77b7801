import type { Cursor, Slice, SliceRequest } from '../../../core/keyset.ts';

export type Cell = string | number | null;

/** One list as CSV: how its columns are called, and what a row has in them. */
export interface CsvList<Row> {
  readonly name: string;
  readonly head: readonly string[];
  cells(row: Row): readonly Cell[];
  read(page: SliceRequest): Promise<Slice<Row>>;
}

const ROWS_AT_ONCE = 500;
/** A file that opens in a spreadsheet; more is for a report view in the database. */
export const MOST_CSV_ROWS = 100_000;
/** Spreadsheets take UTF-8 for what it is only with this at its beginning. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Sent page by page as the reader takes it, so that memory holds one page however long the list is. The first page is
 * read before the answer begins: what is wrong is an error page and no broken file.
 */
export async function csvAnswer<Row>(list: CsvList<Row>, now: Date): Promise<Response> {
  let waiting: Slice<Row> | null = await list.read({ limit: ROWS_AT_ONCE, cursor: null });
  let cursor: Cursor | null = null;
  let sent = 0;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(`${BYTE_ORDER_MARK}${csvLine(list.head)}`)),
      async pull(controller) {
        const slice: Slice<Row> = waiting ?? (await list.read({ limit: ROWS_AT_ONCE, cursor }));
        waiting = null;
        cursor = slice.next;
        sent += slice.rows.length;
        const text = slice.rows.map((row) => csvLine(list.cells(row))).join('');
        if (text !== '') controller.enqueue(encoder.encode(text));
        if (cursor === null || sent >= MOST_CSV_ROWS) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const file = `adit-${list.name}-${now.toISOString().slice(0, 10)}.csv`;
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${file}"`,
  };
  return new Response(body, { headers });
}

/** RFC 4180, every cell in quotes. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** What spreadsheets take for the beginning of a formula, in its narrow and wide forms (OWASP, CSV Injection). */
const FORMULA = /^[\s\u200b-\u200f\ufeff]*[=+\-@|%＝＋－＠]|^[\t\r\n]/;

function csvCell(cell: Cell): string {
  if (cell === null) return '""';
  const text = String(cell).replaceAll('\0', '').replaceAll('"', '""');
  // Numbers of ours are numbers; a text that would be computed is made a text by the apostrophe.
  return typeof cell === 'string' && FORMULA.test(text) ? `"'${text}"` : `"${text}"`;
}
