import { AppError } from '../../../core/errors.ts';

/** The PostgreSQL this program brings along. */
export interface PostgresArchive {
  /** Version and platform of the package; names the folder it is unpacked into. */
  readonly version: string;
  /** Of the zstd-compressed tar; inside a compiled binary it is a path that only Bun can read. */
  readonly path: string;
}

/**
 * What `src/build/pack-postgres.ts` left in `dist/`. The bundler follows these two imports and embeds the files;
 * from sources the same lines read them from `dist/`. They are dynamic so that a checkout nobody has packed yet
 * still starts with DATABASE_URL. Throws AppError `unavailable` there, with what to do.
 */
export async function bundledArchive(): Promise<PostgresArchive> {
  try {
    const [{ default: path }, { default: version }] = await Promise.all([
      import('../../../../../dist/postgres.tar.zst', { with: { type: 'file' } }),
      import('../../../../../dist/postgres.version.txt', { with: { type: 'text' } }),
    ]);
    return { path, version: version.trim() };
  } catch (cause) {
    const message = 'The bundled PostgreSQL is not packed: run ./build.sh once, or set DATABASE_URL.';
    throw new AppError('unavailable', message, { cause });
  }
}
