/**
 * A WireGuard interface with more peers than wireguard-go can hold. What stands in for it is `wg` itself: `show dump` prints
 * a file, and `set`, `addconf` and `syncconf` hand what they were given to this process, which changes a table and writes
 * the file anew. Everything on this side of `wg` is the product's own.
 */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeNode {
  /** First on the PATH of whoever runs `wg`. */
  readonly path: string;
  /** Public key to allowed-ips as `wg` prints them. */
  readonly peers: Map<string, string>;
  /** After `peers` was changed by hand. */
  publish(): void;
  close(): void;
}

const SCRIPT = `#!/bin/sh
case "$1 $3" in 'show dump') exec cat '@DIR@/dump' ;; esac
printf '%s\\n' "$@" >'@DIR@/'$$.argv
cat >'@DIR@/'$$.new
mv '@DIR@/'$$.new '@DIR@/'$$.ask
while [ -e '@DIR@/'$$.ask ]; do sleep 0.003; done
`;
const LOOK_EVERY_MS = 2;

export function createFakeNode(publicKey: string): FakeNode {
  const folder = mkdtempSync(join(tmpdir(), 'adit-bench-node-'));
  writeFileSync(join(folder, 'wg'), SCRIPT.replaceAll('@DIR@', folder));
  chmodSync(join(folder, 'wg'), 0o755);
  const peers = new Map<string, string>();

  function publish(): void {
    const head = `(hidden)\t${publicKey}\t51820\toff\n`;
    const lines = [...peers].map(
      ([key, allowed]) =>
        `${key}\t(none)\t203.0.113.77:51820\t${allowed || '(none)'}\t1790000000\t123456789\t987654321\toff\n`,
    );
    writeFileSync(join(folder, 'dump.new'), head + lines.join(''));
    renameSync(join(folder, 'dump.new'), join(folder, 'dump'));
  }

  function answer(name: string): void {
    const argv = readFileSync(join(folder, name.replace('.ask', '.argv')), 'utf8')
      .trimEnd()
      .split('\n');
    change(peers, argv, readFileSync(join(folder, name), 'utf8'));
    publish();
    rmSync(join(folder, name));
  }

  publish();
  const looking = setInterval(() => {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) if (name.endsWith('.ask')) answer(name);
  }, LOOK_EVERY_MS);
  return {
    path: `${folder}:${process.env.PATH}`,
    peers,
    publish,
    close() {
      clearInterval(looking);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function change(peers: Map<string, string>, argv: readonly string[], config: string): void {
  if (argv[0] === 'set') {
    for (let at = 2; at < argv.length; at += 3) peers.delete(argv[at + 1]!);
    return;
  }
  const given = sectionsOf(config);
  if (argv[0] === 'syncconf') peers.clear();
  for (const [key, allowed] of given) peers.set(key, allowed);
}

function sectionsOf(config: string): readonly (readonly [key: string, allowed: string])[] {
  return config
    .split('[Peer]')
    .slice(1)
    .map((text) => {
      const value = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(text)?.[1] ?? '';
      return [value('PublicKey'), value('AllowedIPs').replaceAll(', ', ',')] as const;
    });
}
