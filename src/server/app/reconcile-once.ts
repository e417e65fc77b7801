import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { LOCAL_NODE, type NodeId, nodeId } from '../core/ids.ts';
import { createLane } from '../core/lane.ts';
import type { ReconcileRun } from '../core/ports/store.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { exitCodeOf, renderRun, runJson } from '../entry/cli/render-run.ts';
import { comparisonOf } from '../services/operate/reconcile-acts.ts';
import { createWireguardBackend } from '../services/reconcile/wireguard-backend.ts';
import { previewNode } from '../services/reconcile-node.ts';
import { createSaveConfig } from '../services/save-config.ts';
import { openBeside } from './database.ts';
import { MOST_REMOVALS, policyOf } from './node.ts';
import { type Outside, standard } from './serve.ts';
import { createStores, type Stores } from './stores.ts';
import { createLocalNode } from './tunnel.ts';
import { createWorld, type World } from './world.ts';

export interface ReconcileOptions {
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Undefined: the WireGuard interface of this machine. */
  readonly node: string | undefined;
  readonly out: (text: string) => void;
}

interface Errand {
  readonly world: World;
  readonly config: Config;
  readonly stores: Stores;
  readonly node: NodeId;
  readonly signal: AbortSignal;
}

/** A running Adit looks for jobs each second; the comparison itself has its own deadline. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 250;

/**
 * `adit reconcile`: has the running Adit compare a node now, and waits for what it comes to. With `--dry-run` this process
 * itself reads the interface and the database beside it and tells what would be done; it holds no lease, changes nothing
 * on the node, and only records that it looked.
 */
export async function reconcileOnce(
  config: Config,
  outside: Outside,
  options: ReconcileOptions,
): Promise<ExitCode> {
  const quiet: Config = { ...config, log: { ...config.log, level: 'error' } };
  const world = createWorld(quiet, standard(quiet, outside));
  const stopping = new AbortController();
  outside.onStopSignal(() => stopping.abort(new AppError('unavailable', 'Stopped.')));
  const { database, close } = await openBeside(world, quiet, stopping.signal);
  try {
    const node = nodeId(options.node ?? LOCAL_NODE);
    const stores = createStores(world, database);
    const errand: Errand = { world, config: quiet, stores, node, signal: stopping.signal };
    const run = await (options.dryRun && readsItself(errand) ? look(errand) : ask(errand, options.dryRun));
    options.out(options.json ? runJson(run) : renderRun(run));
    return exitCodeOf(run);
  } finally {
    await close(0);
  }
}

/** Everything else only the running Adit can read. */
const readsItself = ({ node, config }: Errand): boolean =>
  node === LOCAL_NODE && config.wireguard.backend !== 'memory';

async function look({ world, config, stores, node, signal }: Errand): Promise<ReconcileRun> {
  const local = await localNode(world, config);
  const { peers, nodes } = stores;
  // As the running Adit does: without them wg0.conf would look changed.
  local.carry(await nodes.addedPools(node));
  const saving = createSaveConfig({ node, peers, file: local.file });
  const outcome = await previewNode(
    {
      ...world,
      backend: createWireguardBackend({ node, peers, tunnel: local.tunnel, saving }),
      store: stores.reconcile,
      nodes,
      lane: createLane(),
      policy: policyOf(config.reconcile, MOST_REMOVALS),
    },
    world.clock.deadline(config.reconcile.timeoutSeconds * 1000, signal),
  );
  return outcome.run;
}

/** The key is there when Adit ever ran here; otherwise it would be made, and a dry run makes nothing. */
async function localNode(world: World, config: Config) {
  const { stateDir, wireguard } = config;
  await stat(join(stateDir, 'wg-private.key')).catch(() => {
    throw new AppError('not_found', `Adit has not run with STATE_DIR=${stateDir}: there is no key in it.`);
  });
  // Which of the two it is makes no difference to reading; finding it out would make an interface for a moment.
  const backend = wireguard.backend === 'auto' ? 'kernel' : wireguard.backend;
  return createLocalNode(world, {
    stateDir,
    wireguard: { ...wireguard, backend },
    nat: true,
    fallback: null,
  });
}

async function ask({ world, config, stores, node, signal }: Errand, dryRun: boolean): Promise<ReconcileRun> {
  const { clock } = world;
  const newest = async () => {
    const { rows } = await stores.reconcileReader.runs(node, { limit: 20, cursor: null });
    return rows.find((run) => run.dryRun === dryRun) ?? null;
  };
  if ((await stores.reconcileReader.node(node)) === null) {
    throw new AppError('not_found', `There is no node ${JSON.stringify(node)}.`);
  }
  const before = (await newest())?.id ?? 0;
  await stores.jobs.enqueue([comparisonOf(node, { dryRun })]);
  const until = clock.monotonicMs() + config.reconcile.timeoutSeconds * 1000 + PATIENCE_MS;
  while (clock.monotonicMs() < until) {
    const run = await newest();
    if (run !== null && run.id > before) return (await stores.reconcileReader.run(node, run.id)) ?? run;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  throw new AppError(
    'timeout',
    'No running Adit has compared the node: it does not run, does not hold the node, or its breaker is open.',
  );
}
