import type { Cursor, Slice, SliceRequest } from '../../src/server/core/keyset.ts';

type Read<Row> = (page: SliceRequest) => Promise<Slice<Row>>;

/** Every page from the first to the last, by `next`; `between` runs after each. */
export async function walkForth<Row>(
  read: Read<Row>,
  limit: number,
  between: () => Promise<unknown> = async () => undefined,
): Promise<{ rows: Row[]; last: Slice<Row> }> {
  const rows: Row[] = [];
  for (let cursor: Cursor | null = null; ; ) {
    const page: Slice<Row> = await read({ limit, cursor });
    rows.push(...page.rows);
    if (page.next === null) return { rows, last: page };
    cursor = page.next;
    await between();
  }
}

/** From this page back to the first, by `prev`; the rows of all of them in the order of the list. */
export async function walkBack<Row>(read: Read<Row>, limit: number, last: Slice<Row>): Promise<Row[]> {
  let rows = [...last.rows];
  for (let cursor = last.prev; cursor !== null; ) {
    const page: Slice<Row> = await read({ limit, cursor });
    rows = [...page.rows, ...rows];
    cursor = page.prev;
  }
  return rows;
}
