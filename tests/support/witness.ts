/** A program that looks on from a process of its own, so that a busy test does not blind it, and tells at the end. */
import { firstLine, type Place } from './place.ts';

export interface Witness<T> {
  /** Ends the looking on; what was seen. */
  tell(): Promise<T>;
}

/** `program` stands in tests/support/programs, says `ready`, and prints JSON when its standard input closes. */
export async function witness<T>(
  place: Place,
  program: string,
  ...args: readonly string[]
): Promise<Witness<T>> {
  const path = new URL(`programs/${program}`, import.meta.url).pathname;
  const child = Bun.spawn([...place.prefix, process.execPath, path, ...args], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const [greeting, rest] = child.stdout.tee();
  await firstLine(greeting);
  const text = new Response(rest).text();
  return {
    async tell() {
      child.stdin.end();
      await child.exited;
      return JSON.parse((await text).slice('ready\n'.length)) as T;
    },
  };
}
