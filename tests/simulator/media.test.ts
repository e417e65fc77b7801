import { describe, expect, test } from 'bun:test';
import { cleanFileName } from '../../src/server/simulator/model/file-store.ts';
import { pngOf, startSimulator, TOKEN } from '../support/simulator.ts';

async function upload(apiRoot: string, method: string, fields: Record<string, string | File>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await fetch(`${apiRoot}/bot${TOKEN}/${method}`, { method: 'POST', body: form });
  // biome-ignore lint/suspicious/noExplicitAny: answers are of any shape
  return (await response.json()) as any;
}

describe('E11 documents and photos', () => {
  test('a document arrives with its name and bytes, by attach:// and by field, and again by file_id', async () => {
    await using sim = await startSimulator();
    const chat_id = String(sim.newUser());
    const file = new File(['[Interface]\n'], 'phone.conf');
    const first = await upload(sim.apiRoot, 'sendDocument', { chat_id, document: 'attach://abc', abc: file });
    expect(first.result.document).toMatchObject({ file_name: 'phone.conf', file_size: 12 });
    const { file_id } = first.result.document;
    const again = await sim.call('sendDocument', {
      chat_id,
      document: file_id,
      caption: 'a <i>b</i>',
      parse_mode: 'HTML',
    });
    expect(again.result).toMatchObject({ caption: 'a b', document: { file_id, file_name: 'phone.conf' } });
    const { file_path } = (await sim.call('getFile', { file_id })).result;
    const bytes = await fetch(`${sim.apiRoot}/file/bot${TOKEN}/${file_path}`);
    expect(await bytes.text()).toBe('[Interface]\n');
    const fielded = await upload(sim.apiRoot, 'sendDocument', { chat_id, document: file });
    expect(fielded.ok).toBe(true);
    expect(sim.control.journal({ method: 'sendDocument' })[0]?.params).toMatchObject({
      abc: { file: 'phone.conf', bytes: 12 },
    });
  });

  const refusals: readonly (readonly [string, Uint8Array<ArrayBuffer>, string])[] = [
    ['an empty file', new Uint8Array(0), 'Bad Request: file must be non-empty'],
    ['no image', new TextEncoder().encode('not an image at all'), 'Bad Request: IMAGE_PROCESS_FAILED'],
    ['a very long strip', pngOf(2100, 100), 'Bad Request: PHOTO_INVALID_DIMENSIONS'],
    ['10,001 pixels round', pngOf(5000, 5001), 'Bad Request: PHOTO_INVALID_DIMENSIONS'],
    [
      'more than 10 MB',
      pngOf(100, 100, 10 * 1024 * 1024 + 1),
      'Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes',
    ],
  ];
  test.each(refusals)('sendPhoto refuses %s', async (_, bytes, description) => {
    await using sim = await startSimulator();
    const photo = new File([bytes], 'qr.png');
    const answer = await upload(sim.apiRoot, 'sendPhoto', { chat_id: String(sim.newUser()), photo });
    expect(answer).toMatchObject({ ok: false, error_code: 400, description });
  });

  test('no file, a foreign id, an id of the other kind, a long caption, an address outside', async () => {
    await using sim = await startSimulator();
    const chat_id = String(sim.newUser());
    const photo = new File([pngOf(40, 40)], 'qr.png');
    const { photo: sizes } = (await upload(sim.apiRoot, 'sendPhoto', { chat_id, photo })).result;
    expect(sizes[0]).toMatchObject({ width: 40, height: 40 });
    const say = async (params: object) =>
      (await sim.call('sendDocument', { chat_id, ...params })).description;
    expect(await say({})).toBe('Bad Request: there is no document in the request');
    expect(await say({ document: 'BQACnothing' })).toBe(
      'Bad Request: wrong file identifier/HTTP URL specified',
    );
    expect(await say({ document: sizes[0].file_id })).toBe(
      "Bad Request: can't use file of type Photo as Document",
    );
    expect(await say({ document: 'x', caption: 'c'.repeat(1025) })).toBe(
      'Bad Request: message caption is too long',
    );
    expect(await say({ document: 'https://example.com/a.pdf' })).toBe(
      'Bad Request: failed to get HTTP URL content',
    );
  });

  test('51 MB is 413, as at api.telegram.org', async () => {
    await using sim = await startSimulator();
    const document = new File([new Uint8Array(50 * 1024 * 1024 + 1)], 'big.bin');
    const answer = await upload(sim.apiRoot, 'sendDocument', { chat_id: String(sim.newUser()), document });
    expect(answer).toMatchObject({ error_code: 413, description: 'Request Entity Too Large' });
  });

  test('an album comes as messages of one group; kinds do not mix', async () => {
    await using sim = await startSimulator();
    const chat_id = String(sim.newUser());
    const files = { a: new File(['1'], 'a.conf'), b: new File(['2'], 'b.conf') };
    const item = (name: string, type = 'document') => ({ type, media: `attach://${name}` });
    const album = await upload(sim.apiRoot, 'sendMediaGroup', {
      chat_id,
      media: JSON.stringify([item('a'), item('b')]),
      ...files,
    });
    const groups = album.result.map((m: { media_group_id: string }) => m.media_group_id);
    expect(groups[0]).toBeString();
    expect(new Set(groups).size).toBe(1);
    const mixed = await upload(sim.apiRoot, 'sendMediaGroup', {
      chat_id,
      media: JSON.stringify([item('a'), item('b', 'photo')]),
      ...files,
    });
    expect(mixed.description).toBe("Bad Request: document can't be mixed with other media types");
  });

  test('F-S1 a file name loses folders and control characters, never its extension', () => {
    expect(cleanFileName('../../etc/phone.conf')).toBe('phone.conf');
    expect(cleanFileName('C:\\tmp\\phone.conf')).toBe('phone.conf');
    expect(cleanFileName('a\u0000b\n.conf')).toBe('a b.conf');
    expect(cleanFileName(`${'x'.repeat(90)}.conf`)).toBe(`${'x'.repeat(60)}.conf`);
    expect(cleanFileName('телефон.conf')).toBe('телефон.conf');
  });
});
