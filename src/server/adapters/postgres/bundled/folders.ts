import { createHash } from 'node:crypto';
import { chmod, chown, lchown, lstat, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { DatabaseAddress } from '../address.ts';
import { refuseClosedWay, type ServerUser } from './server-user.ts';

/** Where the bundled server keeps its things. */
export interface ServerFolders {
  /** Unpacked programs, a folder for each version. */
  readonly programs: string;
  readonly data: string;
  /** Holds the unix socket and nothing else. */
  readonly socket: string;
  /** For initdb, which must not be half done under the real name. */
  readonly dataAside: string;
}

export const SERVER_PORT = 5432;
/** sun_path of unix(7) is 108 bytes with its closing zero. */
const LONGEST_SOCKET_PATH = 107;
const SHORT_FOLDER = '/tmp/adit-socket-';

/**
 * Makes the folders and gives them to whom they belong. As root, STATE_DIR stays root's, and the server's
 * group may only pass through (0710). Repeating is safe. Throws AppError `invalid` when the server's user
 * cannot get there.
 */
export async function prepareFolders(stateDir: string, user: ServerUser | undefined): Promise<ServerFolders> {
  const base = join(stateDir, 'postgres');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  if (user !== undefined) {
    await refuseClosedWay(user, stateDir);
    await letThrough(stateDir, user);
  }
  await mkdir(base, { recursive: true });
  await chmod(base, 0o755);
  const owned = join(base, 'server');
  const folders = {
    programs: base,
    data: join(owned, 'data'),
    dataAside: join(owned, 'data.new'),
    socket: socketFolder(join(base, 'run')),
  };
  await makeOwn(owned, user);
  await makeOwn(folders.socket, user);
  return folders;
}

/** A STATE_DIR that is the user's already, of a service running as that user, stays as it is. */
async function letThrough(stateDir: string, user: ServerUser): Promise<void> {
  if ((await lstat(stateDir)).uid === user.uid) return;
  await chown(stateDir, 0, user.gid);
  await chmod(stateDir, 0o710);
}

/** Where the server of this STATE_DIR is found while it runs, by whoever may enter the folder. */
export function runningAddress(stateDir: string): Pick<DatabaseAddress, 'host' | 'port'> {
  return { host: socketFolder(join(resolve(stateDir), 'postgres', 'run')), port: SERVER_PORT };
}

/** A long STATE_DIR gets a short folder under /tmp, the same one at every start. */
function socketFolder(wanted: string): string {
  if (Buffer.byteLength(`${wanted}/.s.PGSQL.${SERVER_PORT}`) <= LONGEST_SOCKET_PATH) return wanted;
  return SHORT_FOLDER + createHash('sha256').update(wanted).digest('hex').slice(0, 16);
}

/** A folder of the server's alone. Under /tmp somebody else may have been there first: then it is refused. */
async function makeOwn(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
  const found = await lstat(folder);
  const mine = process.getuid?.() ?? 0;
  const foreign = found.uid !== mine && found.uid !== user?.uid;
  const mayTakeOver = mine === 0 && !folder.startsWith(SHORT_FOLDER);
  if (!found.isDirectory() || (foreign && !mayTakeOver)) {
    const message = `${folder} belongs to user ${found.uid}. Remove it, or give it to the user Adit runs as.`;
    throw new AppError('forbidden', message, { details: { folder, uid: found.uid } });
  }
  if (user !== undefined && found.uid !== user.uid) await handOver(folder, user);
  await chmod(folder, 0o700);
}

/**
 * Tried as nobody first, installed with a user of its own later: what is inside goes along. Links are not
 * followed; `readdir` with `recursive` does, in Bun 1.4.5.
 */
async function handOver(place: string, user: ServerUser): Promise<void> {
  await lchown(place, user.uid, user.gid);
  if (!(await lstat(place)).isDirectory()) return;
  for (const inside of await readdir(place)) await handOver(join(place, inside), user);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
