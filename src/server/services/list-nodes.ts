import type { DashboardReader, StoredNode } from '../core/ports/dashboard.ts';
import type { NodeActivity } from './node-activity.ts';

/** What this process knows of a node it works for. */
export interface DrivenNode {
  readonly id: string;
  /** The kind of its interface, or how its Xray is spoken to. */
  readonly backend: 'kernel' | 'userspace' | 'memory' | 'grpc' | 'http';
  holdsLease(): boolean;
  lastSuccessAt(): Date | null;
  /** Past this a comparison is overdue: several intervals have passed. Milliseconds. */
  readonly overdueMs: number;
}

/** The node whose interface is on this machine. */
export type LocalNodeState = Omit<DrivenNode, 'overdueMs'>;

export interface NodeRow extends StoredNode {
  readonly backend: DrivenNode['backend'] | null;
  readonly health: 'good' | 'warn' | 'bad' | 'unknown';
  readonly peersActive: number | null;
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
  readonly holdsLease: boolean;
  readonly lastSuccessAt: number | null;
}

/** A handshake is repeated every two minutes while there is traffic (WireGuard paper, 6.1), and a minute is for luck. */
const ACTIVE_FOR_MS = 180_000;
/** A comparison that is older is overdue: several intervals have passed. */
const OVERDUE_MS = 300_000;

/** Every node with its last comparisons, and what the interface of the local one tells. Reads only. */
export async function listNodes(
  deps: {
    readonly reader: DashboardReader;
    readonly activity: NodeActivity;
    readonly local: LocalNodeState;
    /** Nodes it drives elsewhere: their peers shake no hands that it could see. */
    readonly others: readonly DrivenNode[];
  },
  now: Date,
): Promise<readonly NodeRow[]> {
  const [nodes, activity] = await Promise.all([deps.reader.nodes(), deps.activity.recent()]);
  const live = activity === null ? null : [...activity.values()];
  const sum = (pick: (peer: { receivedBytes: number; sentBytes: number }) => number) =>
    live?.reduce((total, peer) => total + pick(peer), 0) ?? null;
  return nodes.map((node) => {
    if (node.id !== deps.local.id) {
      const driven = deps.others.find((each) => each.id === node.id);
      return driven ? drivenRow(node, driven, now) : elsewhere(node);
    }
    const since = now.getTime() - ACTIVE_FOR_MS;
    const lastSuccessAt = deps.local.lastSuccessAt()?.getTime() ?? lastRunAt(node);
    return {
      ...node,
      backend: deps.local.backend,
      health: healthOf(node, live !== null, lastSuccessAt, now, OVERDUE_MS),
      peersActive: live?.filter((peer) => (peer.lastHandshakeAt?.getTime() ?? 0) > since).length ?? null,
      receivedBytes: sum((peer) => peer.receivedBytes),
      sentBytes: sum((peer) => peer.sentBytes),
      holdsLease: deps.local.holdsLease(),
      lastSuccessAt,
    };
  });
}

function drivenRow(node: StoredNode, driven: DrivenNode, now: Date): NodeRow {
  const lastSuccessAt = driven.lastSuccessAt()?.getTime() ?? lastRunAt(node);
  return {
    ...elsewhere(node),
    backend: driven.backend,
    health: healthOf(node, true, lastSuccessAt, now, driven.overdueMs),
    holdsLease: driven.holdsLease(),
    lastSuccessAt,
  };
}

function elsewhere(node: StoredNode): NodeRow {
  return {
    ...node,
    backend: null,
    health: 'unknown',
    peersActive: null,
    receivedBytes: null,
    sentBytes: null,
    holdsLease: false,
    lastSuccessAt: lastRunAt(node),
  };
}

function lastRunAt({ runs }: StoredNode): number | null {
  const run = runs.find((each) => each.outcome === 'equal' || each.outcome === 'corrected');
  return run ? run.at + run.durationMs : null;
}

function healthOf(
  node: StoredNode,
  answers: boolean,
  lastSuccessAt: number | null,
  now: Date,
  overdueMs: number,
) {
  if (!answers || lastSuccessAt === null || now.getTime() - lastSuccessAt > overdueMs) return 'bad';
  const outcome = node.runs[0]?.outcome;
  return outcome === 'refused' || outcome === 'failed' ? 'warn' : 'good';
}
