import { createGroupCommit } from '../core/group-commit.ts';
import type { NodeId } from '../core/ids.ts';
import type { PeerStore } from '../core/ports/store.ts';
import type { TunnelConfigFile, TunnelPeer } from '../core/ports/tunnel.ts';

/**
 * Writes wg0.conf from the database. Calls made while a save is in flight share the next one, so a burst is a
 * few writes; a call returns when a file that contains its change is on disk. Safe to repeat.
 */
export function createSaveConfig(deps: {
  readonly node: NodeId;
  readonly peers: Pick<PeerStore, 'wanted'>;
  readonly file: TunnelConfigFile;
}): () => Promise<void> {
  const saves = createGroupCommit(async (callers: readonly undefined[]) => {
    const peers: TunnelPeer[] = [];
    for await (const page of deps.peers.wanted(deps.node)) peers.push(...page);
    await deps.file.write(peers);
    return callers.map(() => undefined);
  }, Number.MAX_SAFE_INTEGER);
  return () => saves.submit(undefined);
}
