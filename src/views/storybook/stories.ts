import type { Overview } from '../dashboard/models/overview.ts';
import type { ConfirmKind, ConfirmModel, ErrorModel, FormState, Role, Shell } from '../dashboard/models.ts';
import { OverviewPage } from '../dashboard/overview/page.tsx';
import { AccountPage } from '../dashboard/pages/account.tsx';
import { AccountsPage } from '../dashboard/pages/accounts.tsx';
import { AuditPage } from '../dashboard/pages/audit.tsx';
import { ConfirmPage } from '../dashboard/pages/confirm.tsx';
import { ErrorPage } from '../dashboard/pages/error.tsx';
import { HistoryPage } from '../dashboard/pages/history.tsx';
import { JobPage } from '../dashboard/pages/job.tsx';
import { JobsPage } from '../dashboard/pages/jobs.tsx';
import { LoginPage, TotpPage } from '../dashboard/pages/login.tsx';
import { LogsPage } from '../dashboard/pages/logs.tsx';
import { NodePage } from '../dashboard/pages/node.tsx';
import { NodesPage } from '../dashboard/pages/nodes.tsx';
import { NotSetUpPage } from '../dashboard/pages/not-set-up.tsx';
import { OperatorsPage } from '../dashboard/pages/operators.tsx';
import { PasswordPage } from '../dashboard/pages/password.tsx';
import { PeerPage } from '../dashboard/pages/peer.tsx';
import { PeersPage } from '../dashboard/pages/peers.tsx';
import { PlansPage } from '../dashboard/pages/plans.tsx';
import { PoolsPage } from '../dashboard/pages/pools.tsx';
import { RunPage } from '../dashboard/pages/run.tsx';
import { RecoveryCodesPage, RenewCodesPage, SecondFactorOffPage } from '../dashboard/pages/second-factor.tsx';
import { SessionsPage } from '../dashboard/pages/sessions.tsx';
import { SettingsPage } from '../dashboard/pages/settings.tsx';
import { SetupPage, TotpSetupPage } from '../dashboard/pages/setup.tsx';
import { StrangersPage } from '../dashboard/pages/strangers.tsx';
import { poisoned } from './hostile.ts';
import * as house from './house-data.ts';
import * as jobs from './job-data.ts';
import * as node from './node-data.ts';
import * as overview from './overview-data.ts';
import * as people from './people-data.ts';

/** One page with one set of data. The first story of an address is what the storybook serves there. */
export interface Story {
  readonly name: string;
  readonly path: string;
  /** Null: nobody is signed in. */
  readonly role: Role | null;
  readonly notice?: Shell['notice'];
  draw(shell: Shell): unknown;
}

type Page<M> = (props: { shell: Shell; model: M }) => unknown;

function story<M>(name: string, path: string, page: Page<M>, model: M, more: Partial<Story> = {}): Story {
  return { name, path, role: 'owner', draw: (shell) => page({ shell, model }), ...more };
}

/** The page with its data, and with hostile text in every field of it. */
function both<M>(name: string, path: string, page: Page<M>, model: M, more: Partial<Story> = {}): Story[] {
  return [
    story(name, path, page, model, more),
    story(`${name}-hostile`, `${path}-hostile`, page, poisoned(model), more),
  ];
}

const overviewPage: Page<Overview> = ({ shell, model }) => OverviewPage({ shell, data: model });
const empty: FormState = { values: {}, problem: null };
const wrong: FormState = {
  values: { name: 'olga' },
  problem: { field: null, text: 'This name and password do not fit together.' },
};
const out = { role: null } as const;

const qr = Array.from({ length: 29 }, (_, y) =>
  Array.from({ length: 29 }, (_, x) => (x * 7 + y * 13 + x * y) % 3 === 0),
);

const wayIn: readonly Story[] = [
  story('login', '/login', LoginPage, { form: empty, waitSeconds: null, next: '/' }, out),
  story('login-refused', '/login-refused', LoginPage, { form: wrong, waitSeconds: 21, next: '/' }, out),
  story('totp', '/login/totp', TotpPage, { form: empty, waitSeconds: null, next: '/' }, out),
  story('setup', '/setup', SetupPage, { form: empty, token: 'one-time', kind: 'first', name: null }, out),
  story(
    'setup-invited',
    '/setup-invited',
    SetupPage,
    {
      form: { values: {}, problem: { field: 'again', text: 'The two are not the same.' } },
      token: 'one-time',
      kind: 'invited',
      name: 'ivan',
    },
    out,
  ),
  story('setup-over', '/setup-over', SetupPage, { form: empty, token: '', kind: 'first', name: null }, out),
  story('totp-setup', '/totp', TotpSetupPage, {
    form: empty,
    qr,
    key: 'JBSW Y3DP EHPK 3PXP',
    optional: true,
  }),
  ...both('sessions', '/sessions', SessionsPage, house.sessions),
];

const CODES = ['h7kd-93xm', 'p2vq-55ta', 'z8rn-1cwe', 'm4yb-77ug'];

const others: readonly Story[] = [
  ...both('operators', '/operators', OperatorsPage, house.operators),
  story('operators-link', '/operators-link', OperatorsPage, house.operatorsWithLink),
  {
    name: 'password',
    path: '/password',
    role: 'owner',
    draw: (shell) => PasswordPage({ shell, form: empty }),
  },
  {
    name: 'second-factor-off',
    path: '/totp/off',
    role: 'owner',
    draw: (shell) => SecondFactorOffPage({ shell, form: empty }),
  },
  {
    name: 'recovery-renew',
    path: '/totp/codes',
    role: 'owner',
    draw: (shell) => RenewCodesPage({ shell, form: empty }),
  },
  {
    name: 'recovery-codes',
    path: '/recovery',
    role: 'owner',
    draw: (shell) => RecoveryCodesPage({ shell, codes: CODES }),
  },
  { name: 'not-set-up', path: '/not-set-up', role: null, draw: (shell) => NotSetUpPage({ shell }) },
];

const overviews: readonly Story[] = [
  ...both('overview', '/', overviewPage, overview.troubled),
  story('overview-calm', '/calm', overviewPage, overview.calm),
  story('overview-fresh', '/fresh', overviewPage, overview.fresh),
  story('overview-unread', '/unread', overviewPage, overview.everythingWrong),
  story('overview-viewer', '/viewer', overviewPage, overview.troubled, { role: 'viewer' }),
  story('history', '/history/database', HistoryPage, overview.historyOf),
  story('history-none', '/history/none', HistoryPage, { ...overview.historyOf, at: [], lines: [] }),
];

const lists: readonly Story[] = [
  ...both('accounts', '/accounts', AccountsPage, people.accounts),
  story('accounts-none', '/accounts-none', AccountsPage, people.accountsNone),
  story('accounts-no-match', '/accounts-no-match', AccountsPage, people.accountsNoMatch),
  ...both('account', '/accounts/100200300', AccountPage, people.account, {
    notice: { tone: 'good', text: '30 days were granted.' },
  }),
  story('account-refused', '/account-refused', AccountPage, people.accountRefused),
  ...both('peers', '/peers', PeersPage, people.peers),
  story('peers-none', '/peers-none', PeersPage, people.peersNone),
  ...both('peer', '/peers/0197a3e0-77aa-7b11-8a55-000000000001', PeerPage, people.peer),
  ...both('jobs', '/jobs', JobsPage, jobs.jobsStuck),
  story('jobs-done', '/jobs-done', JobsPage, jobs.jobsDone),
  story('jobs-dead', '/jobs-dead', JobsPage, jobs.jobsDead),
  story('jobs-none', '/jobs-none', JobsPage, jobs.jobsEmpty),
  ...both('job', `/jobs/${jobs.jobOne.job.id}`, JobPage, jobs.jobOne),
];

const machine: readonly Story[] = [
  ...both('pools', '/pools', PoolsPage, house.pools),
  story('pools-refused', '/pools-refused', PoolsPage, house.poolsRefused),
  ...both('nodes', '/nodes', NodesPage, house.nodes),
  story('nodes-none', '/nodes-none', NodesPage, { nodes: [] }),
  ...both('node', '/nodes/local', NodePage, node.node),
  story('node-viewer', '/node-viewer', NodePage, node.node, { role: 'viewer' }),
  story('node-decided', '/node-decided', NodePage, node.nodeDecided),
  story('node-new', '/node-new', NodePage, node.nodeNew),
  ...both('run', '/nodes/local/runs/3998', RunPage, node.runOne),
  story('run-equal', '/nodes/local/runs/4000', RunPage, node.runEqual),
  ...both('strangers', '/nodes/local/strangers', StrangersPage, node.strangers),
  story('strangers-none', '/strangers-none', StrangersPage, node.strangersNone),
  story('strangers-viewer', '/strangers-viewer', StrangersPage, node.strangers, { role: 'viewer' }),
  ...both('plans', '/plans', PlansPage, house.plans),
  ...both('audit', '/audit', AuditPage, house.audit),
  story('audit-none', '/audit-none', AuditPage, house.auditNone),
  ...both('settings', '/settings', SettingsPage, house.settings),
  ...both('logs', '/logs', LogsPage, house.logs),
  story('logs-none', '/logs-none', LogsPage, house.logsNone),
];

const CONFIRMED: readonly (readonly [
  kind: ConfirmKind,
  subject: string,
  typed: string | null,
  count: number,
])[] = [
  ['peer-revoke', 'Phone · Maria · 10.66.0.2', 'Phone', 1],
  ['peer-reissue', 'Phone · Maria', null, 1],
  ['job-cancel', 'apply-peer', null, 1],
  ['job-discard', 'apply-peer', 'discard', 1],
  ['jobs-retry', 'stuck, apply-peer', null, 11],
  ['jobs-cancel', 'retrying', null, 9],
  ['jobs-discard', 'dead', '1204', 1_204],
  ['account-pause', 'Maria', null, 3],
  ['account-resume', 'Maria', null, 0],
  ['operator-remove', 'olga', 'olga', 1],
  ['sessions-end', 'olga', null, 2],
  ['stranger-remove', 'm2n8Jk1x0dT5Rb6yYVw0sN3cQz7uE4hLr9AtfGpKX1s=', null, 1],
  ['removal-allow', 'local', '812', 812],
  ['removal-refuse', 'local', null, 812],
];

const confirmation = ([kind, subject, typed, count]: (typeof CONFIRMED)[number]): ConfirmModel => ({
  kind,
  subject,
  count,
  action: '/acted',
  fields: { state: 'stuck' },
  typed,
  back: '/jobs',
  problem: kind === 'job-discard' ? { field: 'typed', text: 'This is not the word.' } : null,
});

const confirmations: readonly Story[] = [
  ...CONFIRMED.map((each) =>
    story(`confirm-${each[0]}`, `/confirm/${each[0]}`, ConfirmPage, confirmation(each)),
  ),
  story('confirm-hostile', '/confirm/hostile', ConfirmPage, {
    ...confirmation(CONFIRMED[0]!),
    subject: poisoned({ name: '' }).name + '\u202E'.repeat(3) + 'W'.repeat(4_096),
    typed: 'W'.repeat(4_096),
  }),
];

const error = (kind: ErrorModel['kind'], incident: string | null, more: Partial<Story> = {}): Story =>
  story(
    `error-${kind}${more.role === null ? '-out' : ''}`,
    `/error/${kind}${more.role === null ? '-out' : ''}`,
    ErrorPage,
    { kind, incident, text: null },
    more,
  );

const errors: readonly Story[] = [
  error('not-found', null),
  error('not-found', null, out),
  error('forbidden', null, { role: 'viewer' }),
  error('refused', null),
  error('too-many', null, out),
  error('failed', '7f3a91c2'),
  error('database-away', null, out),
];

export const stories: readonly Story[] = [
  ...overviews,
  ...lists,
  ...machine,
  ...wayIn,
  ...others,
  ...confirmations,
  ...errors,
];
