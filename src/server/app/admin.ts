import { createPasswords } from '../adapters/credentials/passwords.ts';
import { createTokens } from '../adapters/credentials/tokens.ts';
import { createOperatorStore } from '../adapters/postgres/stores/operator-store.ts';
import type { Config } from '../config.ts';
import type { Actor } from '../core/audit.ts';
import { AppError } from '../core/errors.ts';
import { nameProblem, type PasswordProblem, passwordProblem, plainName } from '../core/operator-rules.ts';
import type { Role } from '../core/operators.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { establish, invite } from '../services/way-in/setup.ts';
import { setupUrl } from './dashboard.ts';
import { openBeside } from './database.ts';
import { migrateAll } from './migrate-all.ts';
import { GRACE_MS, type Outside, standard } from './serve.ts';
import { createStores } from './stores.ts';
import { createWorld } from './world.ts';

export interface AdminOptions {
  readonly name: string;
  readonly role: Role;
  /** Read the password from standard input in place of making a link. */
  readonly passwordFromStdin: boolean;
  readonly out: (text: string) => void;
  readStdin(): Promise<string>;
}

/** Whoever may run this on the machine may do anything anyway. */
const SHELL: Actor = { id: null, name: 'shell', address: 'shell' };

/**
 * `adit admin create NAME`: an operator who can come in, beside a running Adit or before its first start. For a name that
 * exists it is the way back in: new password, the given role, no second factor, all logins ended within 30 s.
 */
export async function createAdmin(
  config: Config,
  outside: Outside,
  options: AdminOptions,
): Promise<ExitCode> {
  const name = plainName(options.name);
  if (nameProblem(name) !== null) throw new AppError('invalid', NAME_RULE);
  const password = options.passwordFromStdin ? (await options.readStdin()).replace(/\r?\n$/, '') : null;
  const problem = password === null ? null : passwordProblem(password, name);
  if (problem !== null) throw new AppError('invalid', PASSWORD_RULES[problem]);
  // Only what it came for is said: the log of this errand is nobody's.
  const quiet: Config = { ...config, log: { ...config.log, level: 'error' } };
  const world = createWorld(quiet, standard(quiet, outside));
  const { database, address, close } = await openBeside(world, quiet, new AbortController().signal);
  try {
    await migrateAll(world, address, createStores(world, database).jobs);
    const { random, clock } = world;
    const deps = { store: createOperatorStore(database), tokens: createTokens(random), random };
    const wanted = { name, role: options.role };
    const now = clock.now();
    if (password === null) {
      const token = await invite(deps, wanted, SHELL, now);
      options.out(`${setupUrl(config.http.host, config.http.port, token)}\n`);
      return 0;
    }
    const passwordHash = await createPasswords().hash(password);
    await deps.store.transaction(async (tx) => {
      await tx.lockOperators();
      await establish(deps, tx, { ...wanted, passwordHash }, { address: SHELL.address, now });
      await tx.dropLinks(name);
    });
    options.out(`${name} can log in (${options.role})\n`);
    return 0;
  } finally {
    await close(GRACE_MS);
  }
}

const NAME_RULE =
  'A name has 1 to 32 letters (a-z), digits, dots or dashes, and begins and ends with a letter or digit.';

const PASSWORD_RULES: Readonly<Record<PasswordProblem, string>> = {
  'password-short': 'A password has at least 12 characters.',
  'password-long': 'A password has at most 1024 characters.',
  'password-is-name': 'The password must not be the name.',
  'password-plain': 'A password of so few different characters is guessed at once.',
};
