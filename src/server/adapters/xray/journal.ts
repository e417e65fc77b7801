import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { createGroupCommit } from '../../core/group-commit.ts';
import type { SweepTemps, WriteFileDurably } from '../../core/ports/durable-files.ts';
import type { Log } from '../../core/ports/log.ts';
import { type JournalEntry, NOTHING } from './journal-entry.ts';
import { MOST_USERS, parseJournal } from './journal-text.ts';

/**
 * Remembers in one file which users were put into an inbound, and into which start of the server: Xray forgets them when
 * it ends, and older ones do not list them. The file holds user ids: 0600, like every key of ours.
 */
export interface Journal {
  /** Reads the file the first time. A file that cannot be understood is put aside, loudly, and the journal is empty. */
  read(): Promise<JournalEntry>;
  /**
   * Replaces what is known, and resolves when it is on the disk; changes that come together are written once. Throws
   * AppError `unavailable` when the disk refuses: what was told is remembered and written with the next change.
   * `exhausted`: more users than a journal may have; nothing is changed.
   */
  write(entry: JournalEntry): Promise<void>;
}

export interface JournalDeps {
  readonly path: string;
  readonly tag: string;
  readonly writeFile: WriteFileDurably;
  readonly sweepTemps: SweepTemps;
  readonly log: Log;
}

/** Where the journal of an inbound lies. */
export function journalPath(stateDir: string, tag: string): string {
  return join(stateDir, `xray-users-${encodeURIComponent(tag)}.json`);
}

export function createJournal(deps: JournalDeps): Journal {
  let known: Promise<JournalEntry> | null = null;

  const saves = createGroupCommit<null, void>(async (waiting) => {
    const { boot, users, doubtful } = await (known ?? NOTHING);
    const parts = { version: 1, tag: deps.tag, boot, users: [...users.values()], doubtful: [...doubtful] };
    await deps.writeFile(deps.path, `${JSON.stringify(parts)}\n`, { mode: 0o600 });
    return waiting.map(() => undefined);
  }, 1000);

  return {
    read() {
      known ??= load(deps).catch((error) => {
        known = null;
        throw error;
      });
      return known;
    },
    async write(entry) {
      if (entry.users.size > MOST_USERS) {
        throw new AppError('exhausted', `An inbound can have at most ${MOST_USERS} users.`);
      }
      known = Promise.resolve(entry);
      await saves.submit(null);
    },
  };
}

async function load(deps: JournalDeps): Promise<JournalEntry> {
  // Nobody else writes it: the state folder is held by this process.
  await deps.sweepTemps(deps.path).catch(() => undefined);
  const text = await readFile(deps.path, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return null;
    throw new AppError('unavailable', `${deps.path} cannot be read: ${cause.code}.`, { cause });
  });
  if (text === null) return NOTHING;
  const entry = parseJournal(text, deps.tag);
  if (entry !== null) return entry;
  const aside = `${deps.path}.unreadable`;
  await rename(deps.path, aside).catch(() => undefined);
  deps.log.error({ path: deps.path, aside }, 'the journal of users cannot be understood; beginning anew');
  return NOTHING;
}
