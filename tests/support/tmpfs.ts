import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk extends Disposable {
  readonly path: string;
  remount(mode: 'ro' | 'rw'): void;
  resize(sizeKiB: number): void;
}

/** A small disk in memory, mounted for one test (needs root). `using` takes it away. */
export function mountTmpfs(sizeKiB: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'adit-tmpfs-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'adit-test', path);
  return {
    path,
    remount: (mode) => run('mount', '-o', `remount,${mode}`, path),
    resize: (newSizeKiB) => run('mount', '-o', `remount,size=${newSizeKiB}k`, path),
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
