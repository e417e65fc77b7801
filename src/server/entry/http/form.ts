import { AppError } from '../../core/errors.ts';

const MOST_BYTES = 64 * 1024;

/** The urlencoded body of a request, read once and not beyond its cap. See `RouteContext.form`. */
export function formOf(request: Request): () => Promise<URLSearchParams> {
  let fields: Promise<URLSearchParams> | null = null;
  return () => {
    fields ??= read(request);
    return fields;
  };
}

async function read(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new AppError('invalid', 'Send a form.', { details: { status: 415 } });
  }
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) throw tooLarge();
  return new URLSearchParams(new TextDecoder().decode(await bytesOf(request)));
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = () =>
  new AppError('invalid', 'That is more than a form may hold.', { details: { status: 413 } });
