import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { accountId, chatId } from '../../../../../src/server/core/ids.ts';
import { type Slice, type SliceRequest, sliceOfAll } from '../../../../../src/server/core/keyset.ts';
import { csvAnswer, csvLine, MOST_CSV_ROWS } from '../../../../../src/server/entry/http/pages/csv.ts';
import { openPagesRig, type PagesRig } from '../../../../support/pages-rig.ts';
import { DAY_MS, FIRST_START_MS, later, makeDevice, profileOf } from '../../../../support/store-rig.ts';

setDefaultTimeout(30_000);

/** A dumb reader of RFC 4180. */
function parsed(text: string): string[][] {
  const rows: string[][] = [];
  for (const [, cell, end] of text.matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)) {
    if (rows.length === 0) rows.push([]);
    rows.at(-1)!.push(cell!.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('cells', () => {
  test.each([
    '=1+1',
    '+7',
    '-2',
    '@SUM(A1)',
    '|cmd',
    '%0a',
    ' =1',
    '\t=1',
    '\r\n=1',
    '＝1',
    '\u200b=1',
    '\ufeff=1',
  ])('what a spreadsheet would compute is made a text: %j', (text) => {
    expect(csvLine([text])).toBe(`"'${text}"\r\n`);
  });

  test('numbers are numbers, nothing is nothing', () => {
    expect(csvLine([-5, 3.5, null, ''])).toBe('"-5","3.5","",""\r\n');
  });

  test('property: whatever is in them, as many cells come out as went in, and none begins a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (cells) => {
        const [row] = parsed(csvLine(cells));
        expect(row).toHaveLength(cells.length);
        for (const [index, cell] of row!.entries()) {
          expect(cell).not.toMatch(/^[=+\-@]/);
          expect(cell.replace(/^'/, '')).toBe(cells[index]!.replaceAll('\0', '').replace(/^'/, ''));
        }
      }),
    );
  });
});

describe('a long list', () => {
  const rows = Array.from({ length: 2345 }, (_, index) => index);
  const asked: SliceRequest[] = [];
  async function read(page: SliceRequest): Promise<Slice<number>> {
    asked.push(page);
    return sliceOfAll(
      rows,
      page,
      (row) => [String(row)],
      (row, [key]) => row - Number(key),
    );
  }
  const list = { name: 'x', head: ['n'], cells: (row: number) => [row], read };

  test('is sent page by page, only as it is taken', async () => {
    asked.length = 0;
    const answer = await csvAnswer(list, new Date('2026-01-02'));
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="adit-x-2026-01-02.csv"');
    expect(asked).toHaveLength(1);
    const bytes = await answer.bytes();
    expect(asked).toHaveLength(5);
    // Spreadsheets know UTF-8 by this.
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(parsed(new TextDecoder().decode(bytes)).map(([cell]) => cell)).toEqual(['n', ...rows.map(String)]);
  });

  test('somebody who leaves is read for no more', async () => {
    asked.length = 0;
    const reader = (await csvAnswer(list, new Date(0))).body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  test('has an end', async () => {
    const endless = async ({ limit }: SliceRequest): Promise<Slice<number>> => ({
      rows: rows.slice(0, limit),
      next: { towards: 'next', key: ['0'] },
      prev: null,
    });
    const text = await (await csvAnswer({ ...list, read: endless }, new Date(0))).text();
    expect(text.split('\r\n').length - 2).toBe(MOST_CSV_ROWS);
  });
});

describe('lists as files, and strangers with strange names', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'; drop table adit.accounts; --",
    '\u202eevil\u202c \u0007\u001b[31m \u0000',
    'x'.repeat(4096),
    '\ud83d half \ud83d',
    '=HYPERLINK("http://evil.example","click")',
    '   ',
    '{{constructor}}',
  ];
  let rig: PagesRig;
  beforeAll(async () => {
    rig = await openPagesRig();
    for (const [index, name] of HOSTILE.entries()) {
      const id = 9001 + index;
      await makeDevice(rig.data, id, later(rig.data, DAY_MS));
      const profile = { ...profileOf(id, name), id: accountId(id), chatId: chatId(id), username: name };
      await rig.data.store.transaction(async (tx) => {
        const state = (await tx.openAccounts([profile])).get(profile.id)!;
        await tx.renameDevice(state.devices[0]!.id, name.replaceAll('\0', '').toWellFormed());
      });
    }
  }, FIRST_START_MS);
  afterAll(() => rig.close());

  test('every page that shows them is whole, and holds no markup of theirs', async () => {
    const owner = await rig.site.signedIn('owner');
    const { rows } = await rig.data.reader.peers(
      { q: '', state: null, node: null, sort: 'newest' },
      { limit: 50, cursor: null },
      rig.data.now(),
    );
    const pages = [
      '/accounts',
      '/accounts?sort=name',
      '/peers',
      '/audit',
      ...rows.map((row) => `/peers/${row.id}`),
    ];
    for (let id = 9001; id < 9001 + HOSTILE.length; id += 1)
      pages.push(`/accounts/${id}`, `/accounts/${id}/pause`);
    for (const row of rows) pages.push(`/peers/${row.id}/revoke`);
    for (const path of pages) {
      const { status, body } = await owner.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect([path, body.includes('<script>alert'), body.includes('<img src=x')]).toEqual([
        path,
        false,
        false,
      ]);
      expect([path, ['\u0000', '\u0007', '\u001b', '\u202e'].some((each) => body.includes(each))]).toEqual([
        path,
        false,
      ]);
      expect([path, body.trimEnd().endsWith('</html>')]).toEqual([path, true]);
    }
    for (const name of HOSTILE) {
      const { status } = await owner.get(
        `/accounts?q=${encodeURIComponent(name.toWellFormed().slice(0, 500))}`,
      );
      expect(status).toBe(200);
    }
  });

  test('a file has them all, defused, and the audit tells who took it', async () => {
    const operator = await rig.site.signedIn('operator');
    const { headers, body } = await operator.get('/accounts.csv?sort=oldest');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const rows = parsed(body);
    expect(rows).toHaveLength(1 + HOSTILE.length);
    const names = rows.slice(1).map((row) => row[1]);
    expect(names).toContain('\'=HYPERLINK("http://evil.example","click")');
    expect(names).toContain(HOSTILE[2]!);
    const [line] = (await rig.site.audit()).filter((each) => each.action === 'export');
    expect(line).toMatchObject({ subject: 'list:accounts', details: { sort: 'oldest' } });
    for (const path of ['/peers.csv?sort=traffic', '/jobs.csv?state=done', '/audit.csv']) {
      expect([path, (await operator.get(path)).status]).toEqual([path, 200]);
    }
    expect((await (await rig.site.signedIn('viewer')).get('/peers.csv')).status).toBe(403);
  });
});
