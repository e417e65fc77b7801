import type {
  NodeModel,
  RunModel,
  RunRow,
  StrangerRow,
  StrangersModel,
} from '../dashboard/models/reconcile.ts';
import { ago } from './moments.ts';

const KEY = 'm2n8Jk1x0dT5Rb6yYVw0sN3cQz7uE4hLr9AtfGpKX1s=';
const keyAt = (index: number) => `${String.fromCharCode(65 + index)}${KEY.slice(1)}`;

const run = (index: number, more: Partial<RunRow> = {}): RunRow => ({
  id: 4000 - index,
  at: ago(12 + index * 60),
  durationMs: 41 + index * 3,
  outcome: 'equal',
  added: 0,
  removed: 0,
  changed: 0,
  quarantined: 3,
  refused: 0,
  error: null,
  dryRun: false,
  ...more,
});

export const node: NodeModel = {
  id: 'local',
  protocol: 'wireguard',
  last: run(0, { outcome: 'refused', added: 2, refused: 812 }),
  question: {
    count: 812,
    total: 2_251,
    askedAt: ago(340),
    reason: 'too-many',
    decision: null,
    decidedBy: null,
    decidedAt: null,
    keys: Array.from({ length: 4 }, (_, index) => keyAt(index)),
  },
  strangers: 3,
  runs: {
    rows: [
      run(0, { outcome: 'refused', added: 2, refused: 812 }),
      run(1, { dryRun: true, refused: 812, outcome: 'refused' }),
      run(2, { outcome: 'corrected', added: 20, changed: 5 }),
      run(3, { outcome: 'failed', error: 'The call took longer than 5000 ms: wg show wg0 dump' }),
      ...Array.from({ length: 8 }, (_, index) => run(4 + index)),
    ],
    next: 'more',
    prev: null,
    total: null,
  },
};

export const nodeDecided: NodeModel = {
  ...node,
  question: {
    ...node.question!,
    reason: 'empty-database',
    decision: 'refuse',
    decidedBy: 'olga',
    decidedAt: ago(90),
  },
};

export const nodeNew: NodeModel = {
  ...node,
  last: null,
  question: null,
  strangers: 0,
  runs: { rows: [], next: null, prev: null, total: null },
};

export const runOne: RunModel = {
  node: 'local',
  run: run(2, { outcome: 'corrected', added: 2, changed: 1, quarantined: 1 }),
  lines: [
    { kind: 'added', key: keyAt(0), what: '10.66.0.2/32, fd00:66::2/128' },
    { kind: 'added', key: keyAt(1), what: '10.66.0.3/32' },
    { kind: 'changed', key: keyAt(2), what: '(none), a preshared key; wanted: 10.66.0.4/32' },
    { kind: 'quarantined', key: keyAt(3), what: '192.168.7.1/32' },
    { kind: 'config', key: '', what: 'was changed by somebody else' },
  ],
  more: 612,
};

export const runEqual: RunModel = { node: 'local', run: run(0, { dryRun: true }), lines: [], more: 0 };

const stranger = (index: number, more: Partial<StrangerRow> = {}): StrangerRow => ({
  key: keyAt(index),
  allowedIps: [`192.168.7.${index}/32`],
  firstSeenAt: ago(4_000 * (index + 1)),
  lastSeenAt: ago(12),
  state: 'waiting',
  refusal: null,
  decidedBy: null,
  decidedAt: null,
  ...more,
});

export const strangers: StrangersModel = {
  node: 'local',
  canAdopt: true,
  policy: 'remove',
  graceMs: 86_400_000,
  page: {
    rows: [
      stranger(0),
      stranger(1, { refusal: 'address-taken', allowedIps: ['10.66.0.9/32', 'fd00:66::9/128'] }),
      stranger(2, { state: 'removing', decidedBy: 'olga', decidedAt: ago(5) }),
      stranger(3, { state: 'adopted', decidedBy: 'policy', decidedAt: ago(900) }),
      stranger(4, { state: 'kept', decidedBy: 'ivan', decidedAt: ago(9_000), allowedIps: [] }),
      stranger(5, { state: 'removed', decidedBy: 'policy', decidedAt: ago(90_000) }),
    ],
    next: 'more',
    prev: null,
    total: null,
  },
};

export const strangersNone: StrangersModel = {
  ...strangers,
  policy: 'report',
  page: { rows: [], next: null, prev: null, total: null },
};
