import { badRequest } from '../model/api-error.ts';
import type { Upload } from '../model/file-store.ts';

export interface ReadParameters {
  readonly params: Readonly<Record<string, unknown>>;
  readonly uploads: ReadonlyMap<string, Upload>;
}

const NO_UPLOADS: ReadonlyMap<string, Upload> = new Map();

/** The parameters of a call from its query and its body: JSON, urlencoded or multipart. */
export async function readParameters(request: Request): Promise<ReadParameters> {
  const query = queryOf(request.url);
  if (request.method === 'GET') return { params: query, uploads: NO_UPLOADS };
  const type = request.headers.get('content-type') ?? '';
  if (type.includes('json'))
    return { params: { ...query, ...(await readJson(request)) }, uploads: NO_UPLOADS };
  if (type.includes('multipart/form-data')) return readForm(request, query);
  const body = Object.fromEntries(new URLSearchParams(await request.text()));
  return { params: { ...query, ...body }, uploads: NO_UPLOADS };
}

function queryOf(url: string): Readonly<Record<string, unknown>> {
  const at = url.indexOf('?');
  return at < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(at + 1)));
}

async function readJson(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const body = await request.text();
  if (body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Falls through to the one refusal for all that is no object.
  }
  throw badRequest("can't parse JSON object");
}

async function readForm(request: Request, query: Readonly<Record<string, unknown>>): Promise<ReadParameters> {
  const params: Record<string, unknown> = { ...query };
  const uploads = new Map<string, Upload>();
  for (const [name, value] of await formOf(request)) {
    if (typeof value === 'string') params[name] = value;
    else uploads.set(name, { fileName: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  return { params, uploads };
}

async function formOf(request: Request): Promise<Iterable<[string, string | File]>> {
  try {
    const form = await request.formData();
    return form.entries() as Iterable<[string, string | File]>;
  } catch {
    throw badRequest("can't parse multipart/form-data");
  }
}
