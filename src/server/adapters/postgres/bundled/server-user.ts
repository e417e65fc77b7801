import { lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../core/errors.ts';

/** Who the server runs as when Adit is root: PostgreSQL refuses root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const WANTED = ['adit', 'nobody'] as const;

/**
 * The user to step down to, or undefined when we are not root and stay who we are. `passwd` is the text of
 * /etc/passwd (name:password:uid:gid:…, see passwd(5)). Throws AppError `invalid` when it has neither user.
 */
export function chooseServerUser(uid: number, passwd: string): ServerUser | undefined {
  if (uid !== 0) return undefined;
  const users = passwd.split('\n').map((line) => line.split(':'));
  for (const wanted of WANTED) {
    const found = users.find(([name]) => name === wanted);
    if (found !== undefined) return { name: wanted, uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new AppError(
    'invalid',
    'PostgreSQL does not run as root, and there is no user "adit" to step down to.',
  );
}

/**
 * The words before the program that make it run as `user` and stop (SIGINT: a fast shutdown) when the process
 * that started it is gone, even by kill -9. setpriv sets the death signal after the change of user, which
 * would clear it (prctl(2), PR_SET_PDEATHSIG).
 */
export function steppingDown(user: ServerUser | undefined): readonly [string, ...string[]] {
  const identity = user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  return ['setpriv', '--pdeathsig', 'INT', ...identity, '--'];
}

/** Throws AppError `invalid` when `user` could not walk down to `folder`. */
export async function refuseClosedWay(user: ServerUser, folder: string): Promise<void> {
  for (let place = dirname(await realpath(folder)); ; place = dirname(place)) {
    const found = await lstat(place);
    if (!mayEnter(user, found)) {
      const message = `The bundled PostgreSQL runs as "${user.name}", who may not enter ${place}: set STATE_DIR=/var/lib/adit`;
      throw new AppError('invalid', message, { details: { folder, closed: place } });
    }
    if (place === dirname(place)) return;
  }
}

interface Rights {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The execute bit of a folder, for the owner, the group or the others: the first that applies decides. */
function mayEnter(user: ServerUser, { uid, gid, mode }: Rights): boolean {
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
