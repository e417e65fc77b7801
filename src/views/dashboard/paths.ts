/** Where everything is: the addresses the views link and post to. Routes are registered under the same. */
const id = (value: string | number) => encodeURIComponent(String(value));

export const paths = {
  overview: '/',
  live: '/live',
  history: (series: string) => `/history/${id(series)}`,
  accounts: '/accounts',
  account: (account: string) => `/accounts/${id(account)}`,
  peers: '/peers',
  peer: (peer: string) => `/peers/${id(peer)}`,
  jobs: '/jobs',
  job: (job: string) => `/jobs/${id(job)}`,
  pools: '/pools',
  nodes: '/nodes',
  node: (node: string) => `/nodes/${id(node)}`,
  strangers: (node: string) => `/nodes/${id(node)}/strangers`,
  run: (node: string, run: number) => `/nodes/${id(node)}/runs/${run}`,
  plans: '/plans',
  audit: '/audit',
  settings: '/settings',
  logs: '/logs',
  sessions: '/sessions',
  login: '/login',
  totp: '/login/totp',
  totpSetup: '/totp',
  totpOff: '/totp/off',
  recoveryCodes: '/totp/codes',
  password: '/password',
  operators: '/operators',
  setup: '/setup',
  asset: (name: string) => `/assets/${name}`,
} as const;

/** Actions are POSTs; those of `confirmed` also have a GET of the same address: the page that asks first. */
export const actions = {
  logout: '/logout',
  language: '/language',
  theme: '/theme',
  grantDays: (account: string) => `${paths.account(account)}/grant`,
  addNote: (account: string) => `${paths.account(account)}/notes`,
  revokeSubscription: (account: string) => `${paths.account(account)}/subscription/revoke`,
  addPool: paths.pools,
  retryJob: (job: string) => `${paths.job(job)}/retry`,
  pausePeer: (peer: string) => `${paths.peer(peer)}/pause`,
  resumePeer: (peer: string) => `${paths.peer(peer)}/resume`,
  compareNode: (node: string) => `${paths.node(node)}/compare`,
  previewNode: (node: string) => `${paths.node(node)}/preview`,
  /** The key stands in the form: it has slashes in it. */
  keepStranger: (node: string) => `${paths.strangers(node)}/keep`,
  adoptStranger: (node: string) => `${paths.strangers(node)}/adopt`,
  endSession: (session: string) => `${paths.sessions}/${id(session)}/end`,
} as const;

export const confirmed = {
  pauseAccount: (account: string) => `${paths.account(account)}/pause`,
  resumeAccount: (account: string) => `${paths.account(account)}/resume`,
  reissuePeer: (peer: string) => `${paths.peer(peer)}/reissue`,
  revokePeer: (peer: string) => `${paths.peer(peer)}/revoke`,
  cancelJob: (job: string) => `${paths.job(job)}/cancel`,
  discardJob: (job: string) => `${paths.job(job)}/discard`,
  /** With `key` in the query. */
  removeStranger: (node: string) => `${paths.strangers(node)}/remove`,
  allowRemoval: (node: string) => `${paths.node(node)}/removal/allow`,
  refuseRemoval: (node: string) => `${paths.node(node)}/removal/refuse`,
  /** With the filters of the list in the query. */
  retryJobs: `${paths.jobs}/retry`,
  cancelJobs: `${paths.jobs}/cancel`,
  discardJobs: `${paths.jobs}/discard`,
  endSessions: `${paths.sessions}/end`,
  removeOperator: (operator: string) => `${paths.operators}/${id(operator)}/remove`,
} as const;

/** CSV of a list: the same filters, another ending. */
export const csvPaths = {
  accounts: '/accounts.csv',
  peers: '/peers.csv',
  jobs: '/jobs.csv',
  audit: '/audit.csv',
} as const;

/** The address with these filters; empty values are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | null | undefined>>): string {
  const kept = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  const text = new URLSearchParams(kept as [string, string][]).toString();
  return text === '' ? path : `${path}?${text}`;
}
