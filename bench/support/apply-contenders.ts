import { writeFile } from 'node:fs/promises';
import type { ProcessRunner } from '../../src/server/core/ports/process-runner.ts';
import type { Tunnel, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import { renderServerConfig } from '../../src/server/core/server-config.ts';
import type { ServerInterface } from '../../src/server/core/server-interface.ts';

/** One way of bringing new peers onto a live interface. */
export interface ApplyContender {
  readonly name: string;
  /** `present` were there before; afterwards `added` are there too. */
  add(added: readonly TunnelPeer[], present: readonly TunnelPeer[]): Promise<void>;
}

export const OURS = 'ours (one addconf)';
export const ONE_SET_EACH = 'one `wg set` each';
export const REWRITE = 'rewrite + syncconf';

/** wg-quick takes a minute and more for the largest file. */
const PATIENCE_MS = 600_000;

export function ours(tunnel: Tunnel): ApplyContender {
  return { name: OURS, add: (added) => tunnel.apply({ remove: [], add: added }) };
}

/** As bots usually do it: a process for each user. Through our own runner, so that both pay the same for a process. */
export function oneSetEach(runner: ProcessRunner, { name }: ServerInterface): ApplyContender {
  return {
    name: ONE_SET_EACH,
    async add(added) {
      for (const { publicKey, allowedIps } of added) {
        const peer = ['peer', publicKey, 'allowed-ips', allowedIps.join(',')];
        await runner.run({ argv: ['wg', 'set', name, ...peer], name: 'bench.set' });
      }
    },
  };
}

/** As wg-quick(8) advises: the whole file anew, then `wg syncconf wg0 <(wg-quick strip wg0)`. */
export function rewriteAll(runner: ProcessRunner, server: ServerInterface, folder: string): ApplyContender {
  const path = `${folder}/${server.name}.conf`;
  return {
    name: REWRITE,
    async add(added, present) {
      await writeFile(path, renderServerConfig(server, [...present, ...added]), { mode: 0o600 });
      const script = `wg syncconf ${server.name} <(wg-quick strip ${path})`;
      await runner.run({ argv: ['bash', '-c', script], name: 'bench.syncconf', timeoutMs: PATIENCE_MS });
    },
  };
}
