/** Three ways to bring an interface to what the database wants, each over the product's own database client and runner. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import type { Database } from '../../src/server/adapters/postgres/client.ts';
import { createNodeStore } from '../../src/server/adapters/postgres/stores/node-store.ts';
import { createPeerStore } from '../../src/server/adapters/postgres/stores/peer-store.ts';
import { createReconcileStore } from '../../src/server/adapters/postgres/stores/reconcile-store.ts';
import { createProcessRunner } from '../../src/server/adapters/process/process-runner.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { sweepTemps, writeFileDurably } from '../../src/server/adapters/system/durable-file.ts';
import { withFileLock } from '../../src/server/adapters/system/flock.ts';
import { createConfigFile } from '../../src/server/adapters/wireguard/config-file.ts';
import { createWireguardTunnel } from '../../src/server/adapters/wireguard/wireguard-tunnel.ts';
import { parseDump } from '../../src/server/core/dump.ts';
import { LOCAL_NODE } from '../../src/server/core/ids.ts';
import { createLane } from '../../src/server/core/lane.ts';
import { diffPeers } from '../../src/server/core/peer-diff.ts';
import type { ProcessRunner } from '../../src/server/core/ports/process-runner.ts';
import type { TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import { renderServerPeer } from '../../src/server/core/server-config.ts';
import type { ServerInterface } from '../../src/server/core/server-interface.ts';
import { NO_PRESHARED_KEY } from '../../src/server/core/wireguard-key.ts';
import { createWireguardBackend } from '../../src/server/services/reconcile/wireguard-backend.ts';
import { reconcileNode } from '../../src/server/services/reconcile-node.ts';
import { createSaveConfig } from '../../src/server/services/save-config.ts';
import { databaseOn } from '../../tests/support/database.ts';
import { anyCall, createDoorKit, silentLog } from '../../tests/support/door-kit.ts';

export const CONTENDERS = ['ours', 'load everything', 'syncconf everything'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

export interface ReconcileSite {
  readonly url: string;
  /** Where `wg` is looked for first. */
  readonly path: string;
  readonly server: ServerInterface;
}

export interface ReconcileContender {
  run(): Promise<void>;
  /** Statements so far. */
  statements(): number;
}

export function createContender(name: ContenderName, site: ReconcileSite): ReconcileContender {
  const counted = countStatements(
    databaseOn(parseDatabaseUrl(site.url), { poolMax: 4, statementTimeoutMs: 60_000 }),
  );
  const kit = createDoorKit();
  const runner = createProcessRunner({ ...kit, book: anyCall(120_000), baseEnv: { PATH: site.path } });
  const run = { ours, 'load everything': loadEverything, 'syncconf everything': syncEverything }[name];
  return { run: run(counted.database, runner, site), statements: counted.statements };
}

/** The product, but for bringing the interface up, which nobody here does. */
function ours(database: Database, runner: ProcessRunner, { server }: ReconcileSite): () => Promise<void> {
  const clock = systemClock;
  const peers = createPeerStore(database, async () => {});
  const folder = mkdtempSync(join(tmpdir(), 'adit-bench-conf-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'wg0.conf');
  const file = createConfigFile({
    path,
    lockPath: `${path}.lock`,
    server,
    lockTimeoutMs: 5_000,
    clock,
    withFileLock,
    writeFileDurably,
    sweepTemps,
  });
  const tunnel = createWireguardTunnel({
    runner,
    clock,
    kind: 'kernel',
    settings: server,
    commandTimeoutMs: 60_000,
  });
  const saving = createSaveConfig({ node: LOCAL_NODE, peers, file });
  const present = { ...tunnel, ensureUp: async () => ({ created: false }) };
  const deps = {
    backend: createWireguardBackend({ node: LOCAL_NODE, peers, tunnel: present, saving }),
    store: createReconcileStore(database),
    nodes: createNodeStore(database),
    lane: createLane(),
    policy: { strangers: 'report', graceMs: 86_400_000, mostRemovals: 100 },
    clock,
    log: silentLog(),
  } as const;
  return async () => void (await reconcileNode(deps, new AbortController().signal));
}

interface Row extends Record<string, unknown> {
  readonly public_key: string;
  readonly ip4: string;
  readonly ip6: string | null;
}

async function loadWanted(database: Database): Promise<readonly TunnelPeer[]> {
  const rows = await database.read((tx) =>
    tx.execute<Row>(sql`
      select public_key, host(ip4) as ip4, host(ip6) as ip6 from adit.peers
       where node_id = ${LOCAL_NODE} and wanted and public_key is not null`),
  );
  return rows.map((row) => ({
    publicKey: row.public_key as TunnelPeer['publicKey'],
    allowedIps: row.ip6 === null ? [`${row.ip4}/32`] : [`${row.ip4}/32`, `${row.ip6}/128`],
  }));
}

const MOST_BYTES = 256 * 1024 * 1024;

/** All rows in one answer, the whole dump in one go, one comparison; then what differs, and nothing is read back. */
function loadEverything(database: Database, runner: ProcessRunner, { server }: ReconcileSite) {
  return async () => {
    const wanted = await loadWanted(database);
    const { stdout } = await runner.run({
      argv: ['wg', 'show', server.name, 'dump'],
      maxOutputBytes: MOST_BYTES,
    });
    const diff = diffPeers(wanted, parseDump(stdout).peers);
    const add = [...diff.missing, ...diff.changed.map((each) => each.wanted)];
    const gone = diff.extra.flatMap((peer) => ['peer', peer.publicKey, 'remove']);
    if (gone.length > 0) await runner.run({ argv: ['wg', 'set', server.name, ...gone] });
    if (add.length > 0) {
      const input = add
        .map((peer) => `${renderServerPeer(peer)}PresharedKey = ${NO_PRESHARED_KEY}\n`)
        .join('');
      await runner.run({ argv: ['wg', 'addconf', server.name, '/dev/stdin'], input, timeoutMs: 120_000 });
    }
  };
}

/** All rows in one answer, the whole file made of them, and `wg` to find the difference. */
function syncEverything(database: Database, runner: ProcessRunner, { server }: ReconcileSite) {
  return async () => {
    const wanted = await loadWanted(database);
    const head = `[Interface]\nPrivateKey = ${server.privateKey}\nListenPort = ${server.listenPort}\n`;
    const input = head + wanted.map(renderServerPeer).join('');
    await runner.run({ argv: ['wg', 'syncconf', server.name, '/dev/stdin'], input, timeoutMs: 120_000 });
  };
}

/** Every `execute` and every query built is one statement; those that only hold a transaction are not counted. */
function countStatements(database: Database) {
  let count = 0;
  const counting = <T extends object>(tx: T): T =>
    new Proxy(tx, {
      get(target, key) {
        const value = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        if (['execute', 'select', 'insert', 'update', 'delete'].includes(String(key))) count += 1;
        return value.bind(target);
      },
    });
  const counted: Database = {
    ...database,
    read: (work) => database.read((tx) => work(counting(tx))),
    transaction: (work) => database.transaction((tx) => work(counting(tx))),
  };
  return { database: counted, statements: () => count };
}
