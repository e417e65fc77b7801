import type { Question, RunRow } from '../../../../views/dashboard/models/reconcile.ts';
import { NodePage } from '../../../../views/dashboard/pages/node.tsx';
import { RunPage } from '../../../../views/dashboard/pages/run.tsx';
import { StrangersPage } from '../../../../views/dashboard/pages/strangers.tsx';
import { paths } from '../../../../views/dashboard/paths.ts';
import type { ReconciledNode, StoredRun } from '../../../core/ports/reconcile-desk.ts';
import type { HeldRemoval } from '../../../core/ports/reconcile-store.ts';
import type { QuarantinedPeer } from '../../../core/strangers.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { nowhere } from './act.ts';
import type { PagesDeps } from './deps.ts';
import { openDoor, toPage } from './door.ts';

/** The pages of a node: its comparisons, one of them, and its strangers. */
export function nodeRoutes(deps: PagesDeps): readonly Route[] {
  const seen = { method: 'GET', role: 'viewer', kind: 'page' } as const;
  return [
    { ...seen, path: `${paths.nodes}/:node`, handle: (context) => show(deps, context) },
    { ...seen, path: `${paths.nodes}/:node/runs/:run`, handle: (context) => showRun(deps, context) },
    { ...seen, path: `${paths.nodes}/:node/strangers`, handle: (context) => strangers(deps, context) },
  ];
}

/** The node of the address; one nobody knows is a page that is not there. */
export async function nodeOf({ reconcile }: PagesDeps, context: RouteContext): Promise<ReconciledNode> {
  const id = context.params.node ?? '';
  const node = id.length > 64 || id.includes('\0') ? null : await reconcile.node(id);
  if (node === null) throw nowhere();
  return node;
}

async function show(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const node = await nodeOf(deps, context);
  const door = openDoor(context);
  const runs = await deps.reconcile.runs(node.id, door.slice(['whole']));
  const model = {
    id: node.id,
    protocol: node.protocol,
    last: node.last && toRow(node.last),
    question: node.question && toQuestion(node.question),
    strangers: node.strangers,
    runs: toPage({ ...runs, rows: runs.rows.map(toRow) }, null),
  };
  return page(String(NodePage({ shell: door.shell(), model })));
}

async function showRun(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const node = await nodeOf(deps, context);
  const number = context.params.run ?? '';
  const run = /^\d{1,15}$/.test(number) ? await deps.reconcile.run(node.id, Number(number)) : null;
  if (run === null) throw nowhere();
  const { lines, more } = run.diff ?? { lines: [], more: 0 };
  const model = { node: node.id, run: toRow(run), lines, more };
  return page(String(RunPage({ shell: context.shell(), model })));
}

async function strangers(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const node = await nodeOf(deps, context);
  const door = openDoor(context);
  const slice = await deps.reconcile.strangers(node.id, door.slice(['whole', 'text']));
  const model = {
    node: node.id,
    canAdopt: node.protocol === 'wireguard',
    ...deps.strangers,
    page: toPage({ ...slice, rows: slice.rows.map(toStrangerRow) }, null),
  };
  return page(String(StrangersPage({ shell: door.shell(), model })));
}

const toRow = ({ startedAt, finishedAt, diff, nodeId, ...run }: StoredRun): RunRow => ({
  ...run,
  at: startedAt.getTime(),
  durationMs: finishedAt.getTime() - startedAt.getTime(),
});

/** Keys of a question that are shown; all of them stand in the database. */
const KEYS_SHOWN = 20;

const toQuestion = ({ askedAt, decidedAt, keys, ...question }: HeldRemoval): Question => ({
  ...question,
  keys: keys.slice(0, KEYS_SHOWN),
  askedAt: askedAt.getTime(),
  decidedAt: decidedAt?.getTime() ?? null,
});

const toStrangerRow = ({ firstSeenAt, lastSeenAt, decidedAt, ...peer }: QuarantinedPeer) => ({
  ...peer,
  firstSeenAt: firstSeenAt.getTime(),
  lastSeenAt: lastSeenAt.getTime(),
  decidedAt: decidedAt?.getTime() ?? null,
});
