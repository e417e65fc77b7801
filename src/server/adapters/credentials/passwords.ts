import { AppError } from '../../core/errors.ts';
import type { Passwords } from '../../core/ports/credentials.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. About 40 ms here. */
const COST = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;
/** More at once only make each slower: 50 together took 7.5 s. */
const WIDTH = 2;
/** A second or so of work; who comes after is told to come again. */
const LONGEST_LINE = 48;

/** argon2id of Bun, in threads beside the event loop. */
export function createPasswords(): Passwords {
  const line = createLine();
  let nobodys: Promise<string> | null = null;

  return {
    hash: (password) => line.run(false, () => Bun.password.hash(password, COST)),
    verify: (password, hash, urgent) =>
      line.run(urgent, async () => {
        nobodys ??= Bun.password.hash('the password of nobody at all', COST);
        const right = await Bun.password.verify(password, hash ?? (await nobodys));
        return right && hash !== null;
      }),
  };
}

/** Two at a time; the urgent first, each kind in order of arrival. */
function createLine() {
  const waiting: { readonly urgent: boolean; readonly go: () => void }[] = [];
  let running = 0;

  function leave(): void {
    const urgent = waiting.findIndex((each) => each.urgent);
    const [next] = waiting.splice(Math.max(0, urgent), 1);
    if (next) next.go();
    else running -= 1;
  }

  async function enter(urgent: boolean): Promise<void> {
    if (running < WIDTH) {
      running += 1;
      return;
    }
    const inFront = urgent ? waiting.filter((each) => each.urgent).length : waiting.length;
    if (inFront >= LONGEST_LINE) {
      throw new AppError('exhausted', 'Too many logins at once. Try again in a moment.', {
        retryAfterMs: 3000,
      });
    }
    await new Promise<void>((go) => waiting.push({ urgent, go }));
  }

  return {
    async run<T>(urgent: boolean, work: () => Promise<T>): Promise<T> {
      await enter(urgent);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
