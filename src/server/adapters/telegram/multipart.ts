import { InputFile } from 'grammy';

export interface EncodedBody {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** JSON, unless a field is a file: then multipart/form-data (RFC 7578), built in memory as our files are small. */
export async function encodeBody(payload: Readonly<Record<string, unknown>>): Promise<EncodedBody> {
  const fields = Object.entries(payload).filter(([, value]) => value !== undefined && value !== null);
  if (!fields.some(([, value]) => value instanceof InputFile)) {
    return { contentType: 'application/json', body: JSON.stringify(payload) };
  }
  const parts: Uint8Array[] = [];
  const boundary = boundaryFor(fields.length);
  for (const [name, value] of fields) parts.push(...(await part(boundary, name, value)));
  parts.push(bytes(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) };
}

let uploads = 0;

/** Fields are ours and files are base64 configs or PNG, so a counter is enough to tell a boundary from data. */
function boundaryFor(fields: number): string {
  uploads = (uploads + 1) % 1_000_000;
  return `----------------------------adit-${fields}-${uploads.toString(36).padStart(6, '0')}`;
}

async function part(boundary: string, name: string, value: unknown): Promise<Uint8Array[]> {
  const opening = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`;
  if (!(value instanceof InputFile)) {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [bytes(`${opening}\r\n\r\n${text}\r\n`)];
  }
  const fileName = (value.filename ?? name).replace(/["\r\n]/g, '_');
  const head = `${opening}; filename="${fileName}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  return [bytes(head), await contentOf(value), bytes('\r\n')];
}

async function contentOf(file: InputFile): Promise<Uint8Array> {
  const raw = await file.toRaw();
  if (raw instanceof Uint8Array) return raw;
  const chunks: Uint8Array[] = [];
  for await (const chunk of raw) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
