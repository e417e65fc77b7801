import type { Random } from '../../core/ports/clock.ts';
import { ApiError, badRequest } from './api-error.ts';
import { imageSize } from './image-size.ts';

/** Sizes as Telegram documents them (core.telegram.org/bots/api#sending-files); MB are binary in its server. */
const MAX_DOCUMENT_BYTES = 50 * 1024 * 1024;
const MAX_PHOTO_BYTES = 10 * 1024 * 1024;
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;

export type FileKind = 'document' | 'photo';

export interface Upload {
  readonly fileName: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface StoredFile {
  readonly kind: FileKind;
  readonly fileId: string;
  readonly uniqueId: string;
  /** Cleaned as Telegram cleans it; what a user's disk will see. */
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** Below /file/bot<token>/. */
  readonly path: string;
}

export interface FileStore {
  /** Checks size and, for a photo, that it is one; throws Telegram's refusal. */
  save(kind: FileKind, upload: Upload): StoredFile;
  /** The file behind a file_id, for sending again. Throws when unknown or of another kind. */
  reuse(kind: FileKind, fileId: string): StoredFile;
  find(fileId: string): StoredFile | undefined;
  /** For getFile: throws when the bot may not download it. */
  downloadable(fileId: string): StoredFile;
  byPath(path: string): StoredFile | undefined;
  /** Forgets the oldest files so that at most this many bytes stay. */
  trim(maxBytes: number): void;
}

export function createFileStore(random: Random): FileStore {
  const byId = new Map<string, StoredFile>();
  const paths = new Map<string, StoredFile>();
  let bytesHeld = 0;
  let counter = 0;

  return {
    save(kind, upload) {
      const size = kind === 'photo' ? checkPhoto(upload.bytes) : checkDocument(upload.bytes);
      const fileName = cleanFileName(upload.fileName);
      const tag = token(random);
      const file: StoredFile = {
        kind,
        fileId: `${kind === 'photo' ? 'AgACAgIAAxkD' : 'BQACAgIAAxkD'}${tag}`,
        uniqueId: `${kind === 'photo' ? 'AQAD' : 'AgAD'}${tag.slice(0, 12)}`,
        fileName,
        mimeType: mimeTypeOf(kind, upload),
        bytes: upload.bytes,
        ...size,
        path: `${kind}s/file_${counter++}${extensionOf(fileName)}`,
      };
      byId.set(file.fileId, file);
      paths.set(file.path, file);
      bytesHeld += file.bytes.length;
      return file;
    },
    reuse(kind, fileId) {
      if (/[^\w-]/.test(fileId)) throw badRequest('wrong file identifier/HTTP URL specified');
      const file = byId.get(fileId);
      if (!file) throw badRequest('wrong file identifier/HTTP URL specified');
      if (file.kind !== kind)
        throw badRequest(`can't use file of type ${title(file.kind)} as ${title(kind)}`);
      return file;
    },
    find: (fileId) => byId.get(fileId),
    downloadable(fileId) {
      const file = byId.get(fileId);
      if (!file) throw badRequest('invalid file_id');
      if (file.bytes.length > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big');
      return file;
    },
    byPath: (path) => paths.get(path),
    trim(maxBytes) {
      for (const [id, file] of byId) {
        if (bytesHeld <= maxBytes) return;
        byId.delete(id);
        paths.delete(file.path);
        bytesHeld -= file.bytes.length;
      }
    },
  };
}

function checkDocument(bytes: Uint8Array): { width: number; height: number } {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > MAX_DOCUMENT_BYTES) throw new ApiError(413, 'Request Entity Too Large');
  return { width: 0, height: 0 };
}

function checkPhoto(bytes: Uint8Array): { width: number; height: number } {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > MAX_DOCUMENT_BYTES) throw new ApiError(413, 'Request Entity Too Large');
  if (bytes.length > MAX_PHOTO_BYTES) {
    const sizes = `of size ${bytes.length} bytes is too big for a photo; the maximum size is ${MAX_PHOTO_BYTES} bytes`;
    throw badRequest(`file ${sizes}`);
  }
  const size = imageSize(bytes);
  if (!size) throw badRequest('IMAGE_PROCESS_FAILED');
  const { width, height } = size;
  const isTooLong = Math.max(width, height) > 20 * Math.min(width, height);
  if (width + height > 10_000 || isTooLong) throw badRequest('PHOTO_INVALID_DIMENSIONS');
  return size;
}

/**
 * The name as a user will see it. Follows TDLib's `clean_filename` in spirit: no folders, no control characters, no
 * characters a file system refuses; stem at most 60 and extension at most 20 characters.
 */
export function cleanFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const plain = base
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M} @_\-.()!~'[\]+,=&#]/gu, ' ')
    .trim();
  const dot = plain.lastIndexOf('.');
  const stem = (dot > 0 ? plain.slice(0, dot) : plain).slice(0, 60).trim();
  const extension =
    dot > 0
      ? plain
          .slice(dot + 1)
          .slice(0, 20)
          .trim()
      : '';
  return extension ? `${stem}.${extension}` : stem || 'file';
}

function extensionOf(fileName: string): string {
  return /\.[A-Za-z0-9]{1,10}$/.exec(fileName)?.[0] ?? '';
}

const MIME_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.txt': 'text/plain',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
};

function mimeTypeOf(kind: FileKind, upload: Upload): string {
  if (kind === 'photo') return upload.bytes[0] === 0x89 ? 'image/png' : 'image/jpeg';
  return MIME_BY_EXTENSION[extensionOf(upload.fileName).toLowerCase()] ?? 'application/octet-stream';
}

function title(kind: FileKind): string {
  return kind === 'photo' ? 'Photo' : 'Document';
}

function token(random: Random): string {
  return random.uuid().replaceAll('-', '') + random.integer(1_000_000).toString(36);
}
