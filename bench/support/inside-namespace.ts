import { createNamespace } from '../../tests/support/netns.ts';

const INSIDE = '--inside';

/** Whether this process is the part of a benchmark that lives in its own network namespace. */
export const isInside = (): boolean => process.argv.includes(INSIDE);

/** The words after the script's name, for both parts. */
export const words = (): readonly string[] => process.argv.slice(2).filter((word) => word !== INSIDE);

/**
 * Runs this very script again in a network namespace with a /run/wireguard of its own, so that no program under
 * measure pays for entering it. Everything in it goes when the script ends. Needs root. The exit code.
 */
export async function runInside(script: string): Promise<number> {
  const namespace = await createNamespace();
  try {
    const child = Bun.spawn([...namespace.prefix, process.execPath, script, INSIDE, ...words()], {
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
    process.once('SIGINT', () => child.kill('SIGTERM'));
    return await child.exited;
  } finally {
    await namespace.dispose();
  }
}
