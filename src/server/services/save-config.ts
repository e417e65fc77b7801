import { createGroupCommit } from '../core/group-commit.ts';
import type { NodeId } from '../core/ids.ts';
import { createDigest, type PeerDigest, wantedLine } from '../core/peer-digest.ts';
import type { ConfigOutcome } from '../core/ports/backend.ts';
import type { PeerStore } from '../core/ports/store.ts';
import type { FileStamp, TunnelConfigFile, TunnelPeer } from '../core/ports/tunnel.ts';

/** Keeps wg0.conf what the database wants. It is only ever written: nothing is taken from it. */
export interface SaveConfig {
  /**
   * Writes the file. Calls made while a save is in flight share the next one, so a burst is a few writes; a call returns
   * when a file that contains its change is on disk. Safe to repeat.
   */
  save(): Promise<void>;
  /**
   * Writes only when the file is not what is wanted. One look at its inode tells, as long as nobody touched it and
   * `wanted` comes to what was written last; null asks for the whole comparison.
   */
  bring(wanted: PeerDigest | null): Promise<ConfigOutcome>;
  /** Whether the file is not what is wanted; changes nothing. */
  differs(): Promise<boolean>;
}

/** What lay on disk when we last knew it to be right. */
interface Known {
  readonly stamp: FileStamp | null;
  readonly digest: PeerDigest;
}

export function createSaveConfig(deps: {
  readonly node: NodeId;
  readonly peers: Pick<PeerStore, 'wanted'>;
  readonly file: TunnelConfigFile;
}): SaveConfig {
  let known: Known | null = null;

  const saves = createGroupCommit(async (callers: readonly undefined[]) => {
    const { peers, digest } = await readWanted(deps);
    known = { stamp: await deps.file.write(peers), digest };
    return callers.map(() => undefined);
  }, Number.MAX_SAFE_INTEGER);

  async function save(): Promise<void> {
    await saves.submit(undefined);
  }

  return {
    save,
    async bring(wanted) {
      const stamp = await deps.file.stamp();
      const untouched = known !== null && stamp !== null && known.stamp === stamp;
      if (untouched && known && wanted && sameDigest(known.digest, wanted)) return 'same';
      const { peers, digest } = await readWanted(deps);
      if (stamp !== null && (await deps.file.holds(peers))) {
        known = { stamp, digest };
        return 'same';
      }
      // Of what lay there before our first look nobody knows who left it.
      const left = untouched || known === null;
      await save();
      return left ? 'written' : 'mended';
    },
    differs: async () => !(await deps.file.holds((await readWanted(deps)).peers)),
  };
}

const sameDigest = (one: PeerDigest, other: PeerDigest) =>
  one.count === other.count && one.hash === other.hash;

async function readWanted({
  node,
  peers,
}: {
  readonly node: NodeId;
  readonly peers: Pick<PeerStore, 'wanted'>;
}) {
  const all: TunnelPeer[] = [];
  const building = createDigest();
  for await (const page of peers.wanted(node)) {
    for (const peer of page) {
      all.push(peer);
      building.addLine(wantedLine(peer));
    }
  }
  return { peers: all, digest: building.digest() };
}
