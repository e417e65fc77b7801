import type {
  AuditModel,
  LogsModel,
  NodesModel,
  PlansModel,
  PoolsModel,
  ReconcileRow,
  SettingsModel,
} from '../dashboard/models/machine.ts';
import type { OperatorsModel } from '../dashboard/models/operators.ts';
import type { SessionsModel } from '../dashboard/models.ts';
import { ago, daysAgo, wave } from './moments.ts';
import { troubled } from './overview-data.ts';

export const pools: PoolsModel = {
  pools: troubled.pools!.map((pool, index) => ({
    ...pool,
    createdAt: daysAgo(40 - index * 30),
    history: { values: wave(56, pool.leased * 0.7, pool.leased, index), stepMs: 10_800_000 },
  })),
  nodes: ['local'],
  form: { values: {}, problem: null },
};

export const poolsRefused: PoolsModel = {
  pools: [],
  nodes: ['local', 'berlin'],
  form: {
    values: { node: 'berlin', cidr4: '10.66.0.0/30' },
    problem: {
      field: 'cidr4',
      text: 'This network is too small: at least 4 addresses must be left for people.',
    },
  },
};

const run = (index: number, more: Partial<ReconcileRow> = {}): ReconcileRow => ({
  at: ago(20 + index * 60),
  durationMs: 34 + index,
  outcome: 'equal',
  added: 0,
  removed: 0,
  changed: 0,
  quarantined: 0,
  refused: 0,
  error: null,
  ...more,
});

export const nodes: NodesModel = {
  nodes: [
    {
      id: 'local',
      protocol: 'wireguard',
      endpoint: 'vpn.example.org:51820',
      publicKey: 'm2n8Jk1x0dT5Rb6yYVw0sN3cQz7uE4hLr9AtfGpKX1s=',
      backend: 'kernel',
      health: 'good',
      peersWanted: 2251,
      peersApplied: 2248,
      peersActive: 417,
      receivedBytes: 812_345_678_901,
      sentBytes: 9_312_345_678_901,
      holdsLease: true,
      lastSuccessAt: ago(20),
      runs: [
        run(0),
        run(1, { outcome: 'corrected', added: 2, changed: 1 }),
        run(2, { outcome: 'failed', error: 'The call took longer than 5000 ms: wg show wg0 dump' }),
        run(3, { outcome: 'refused', refused: 812 }),
      ],
    },
    {
      id: 'xray',
      protocol: 'vless',
      endpoint: 'vpn.example.org:443',
      publicKey: null,
      backend: 'grpc',
      health: 'good',
      peersWanted: 0,
      peersApplied: 0,
      peersActive: null,
      receivedBytes: null,
      sentBytes: null,
      holdsLease: false,
      lastSuccessAt: null,
      runs: [],
    },
  ],
};

export const plans: PlansModel = {
  plans: [
    { name: 'trial', days: 3, devices: 3, accounts: 812, setBy: 'TRIAL_DAYS' },
    { name: 'operator', days: 30, devices: 3, accounts: 41, setBy: null },
  ],
};

const ACTIONS = ['peer-revoke', 'jobs-retry', 'account-grant', 'login', 'login-failures', 'pool-add'];

export const audit: AuditModel = {
  filters: {},
  operators: ['olga', 'ivan'],
  actions: ACTIONS,
  page: {
    rows: Array.from({ length: 18 }, (_, index) => ({
      id: String(900 - index),
      at: ago(30 + index * index * 300),
      operator: index % 3 ? 'olga' : 'ivan',
      action: ACTIONS[index % ACTIONS.length]!,
      subject:
        index % 6 > 2 && index % 6 < 5
          ? null
          : ['Phone of Maria', '11 jobs', 'Maria', '', '', '10.70.0.0/16'][index % 6]!,
      subjectHref: index % 6 === 0 ? '/peers/0197a3e0-77aa-7b11-8a55-000000000001' : null,
      address: index % 3 ? '198.51.100.23' : '2001:db8::23',
      outcome: index % 6 === 4 ? 'refused' : 'done',
      detail: index % 6 === 2 ? '30 days: paid in cash' : null,
    })),
    next: 'more',
    prev: null,
    total: null,
  },
};

export const auditNone: AuditModel = { ...audit, page: { rows: [], next: null, prev: null, total: 0 } };

const setting = (name: string, value: string | null, more: object = {}) => ({
  name,
  value,
  secret: false,
  isStandard: value === null,
  standard: 'unset',
  means: 'What it means, in one sentence of the reference.',
  ...more,
});

export const settings: SettingsModel = {
  groups: [
    {
      name: 'database',
      rows: [
        setting('DATABASE_URL', null, { secret: true, isStandard: false }),
        setting('DB_POOL_MIN', '2', { isStandard: true }),
        setting('DB_POOL_MAX', '15', { isStandard: true }),
      ],
    },
    {
      name: 'telegram',
      rows: [
        setting('BOT_TOKEN', null, { secret: true, isStandard: false }),
        setting('TELEGRAM_API_ROOT', 'https://api.telegram.org', { isStandard: true }),
        setting('WEBHOOK_URL', null),
      ],
    },
    {
      name: 'wireguard',
      rows: [
        setting('WG_BACKEND', 'kernel'),
        setting('WG_ENDPOINT', 'vpn.example.org:51820'),
        setting('XRAY_RECONCILIATION_INTERVAL_SECONDS', '600', { isStandard: true }),
      ],
    },
  ],
};

export const logs: LogsModel = {
  filters: { level: 'info' },
  dropped: 1_312,
  page: {
    rows: Array.from({ length: 30 }, (_, index) => ({
      id: String(4_000 - index),
      at: ago(index * 11),
      level: (['info', 'info', 'warn', 'info', 'error', 'debug'] as const)[index % 6]!,
      message: ['peer applied', 'update handled', 'call retried', 'reconciled', 'job failed', 'pool grew'][
        index % 6
      ]!,
      fields: index % 3 ? JSON.stringify({ node: 'local', attempt: index, durationMs: 31 }, null, 2) : null,
    })),
    next: 'older',
    prev: null,
    total: null,
  },
};

export const logsNone: LogsModel = {
  ...logs,
  dropped: 0,
  page: { rows: [], next: null, prev: null, total: 0 },
};

export const sessions: SessionsModel = {
  totp: false,
  rows: [
    {
      id: 's1',
      operator: 'olga',
      current: true,
      createdAt: ago(4_000),
      seenAt: ago(2),
      address: '198.51.100.23',
      agent: 'Firefox on Linux',
    },
    {
      id: 's2',
      operator: 'olga',
      current: false,
      createdAt: daysAgo(4),
      seenAt: daysAgo(1),
      address: '2001:db8::23',
      agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1',
    },
  ],
};

export const operators: OperatorsModel = {
  rows: [
    { id: 'o1', name: 'olga', role: 'owner', totp: true, seenAt: ago(4), self: true },
    { id: 'o2', name: 'ivan', role: 'operator', totp: false, seenAt: daysAgo(2), self: false },
    { id: 'o3', name: 'night-shift', role: 'viewer', totp: false, seenAt: null, self: false },
  ],
  form: { values: {}, problem: null },
  link: null,
};

export const operatorsWithLink: OperatorsModel = {
  ...operators,
  link: { name: 'anna', url: 'https://vpn.example.org/setup?token=0f8e2c1d7b6a59483726150f8e2c1d7b6a594837' },
};
