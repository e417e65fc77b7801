import { join } from 'node:path';
import type { LongLived } from '../../src/server/core/ports/process-runner.ts';
import { eventually } from './eventually.ts';
import type { Namespace } from './netns.ts';

const PROGRAM = join(import.meta.dir, 'programs', 'answering-machine.ts');

/** Listens inside the namespace on ports such as `tcp/5432` and tells everyone the address they came from. */
export async function answeringMachine(namespace: Namespace, ports: readonly string[]): Promise<LongLived> {
  const machine = namespace.runner.start({ argv: [process.execPath, PROGRAM, ...ports] });
  await eventually(() => machine.tail().includes('ready'));
  return machine;
}
