import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresArchive } from './archive.ts';

/**
 * The folder with the programs of this version, unpacked on first use (about a second). Done aside and renamed,
 * so that a folder under its real name is always whole; other versions are removed. The caller holds the lock
 * of the STATE_DIR.
 */
export async function unpackPrograms(archive: PostgresArchive, programs: string): Promise<string> {
  const name = `programs-${archive.version}`;
  const present = await readdir(programs);
  for (const other of present) {
    if (other.startsWith('programs-') && other !== name) await rm(join(programs, other), { recursive: true });
  }
  const folder = join(programs, name);
  if (!present.includes(name)) await unpack(archive, folder);
  return folder;
}

async function unpack(archive: PostgresArchive, folder: string): Promise<void> {
  const aside = `${folder}.part`;
  await mkdir(aside, { recursive: true });
  const tar = await Bun.zstdDecompress(await Bun.file(archive.path).bytes());
  await new Bun.Archive(tar).extract(aside);
  await openToServer(aside);
  await rename(aside, folder);
}

/** A strict umask would leave the programs to root alone, who may not run them. */
async function openToServer(tree: string): Promise<void> {
  await chmod(tree, 0o755);
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const program = entry.isDirectory() || entry.parentPath === join(tree, 'bin');
    await chmod(join(entry.parentPath, entry.name), program ? 0o755 : 0o644);
  }
}
