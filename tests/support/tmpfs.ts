import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk in memory, mounted for one test (needs root). `using` takes it away. */
export function mountTmpfs(
  sizeKiB: number,
): Disposable & { readonly path: string; remount(mode: 'ro' | 'rw'): void } {
  const path = mkdtempSync(join(tmpdir(), 'adit-tmpfs-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'adit-test', path);
  return {
    path,
    remount: (mode) => run('mount', '-o', `remount,${mode}`, path),
    [Symbol.dispose]: () => {
      run('umount', '-l', path);
      rmdirSync(path);
    },
  };
}

function run(...argv: string[]): void {
  const { success, stderr } = Bun.spawnSync(argv);
  if (!success) throw new Error(`${argv.join(' ')}: ${stderr}`);
}
