/** A status, with where it leads when it leads somewhere. */
export type Outcome = number | string;

export const EVERYBODY = ['nobody', 'viewer', 'operator', 'owner'] as const;

/** Stands for every `:id`: there is nothing of that name. */
export const NOTHING = '00000000-0000-7000-8000-000000000000';

const at = (path: string) => path.replace(':series', 'loop').replaceAll(/:\w+/g, NOTHING);
const login = (path?: string) =>
  path === undefined ? '303 /login' : `303 /login?next=${encodeURIComponent(at(path))}`;
const same = (outcome: Outcome): readonly Outcome[] => [outcome, outcome, outcome, outcome];

/** Who may not come is sent to the login and back (pages), or to the login (actions), or refused. */
const read = (path: string, outcome: Outcome = 200) => [login(path), outcome, outcome, outcome];
const operatorsRead = (path: string, outcome: Outcome = 200) => [login(path), 403, outcome, outcome];
const ownersRead = (path: string, outcome: Outcome = 200) => [login(path), 403, 403, outcome];
const own = (outcome: Outcome) => [login(), outcome, outcome, outcome];
const operate = (outcome: Outcome) => [login(), 403, outcome, outcome];
const decide = (outcome: Outcome) => [login(), 403, 403, outcome];

const page = (
  path: string,
  outcomes: (path: string, outcome?: Outcome) => readonly Outcome[],
  outcome?: Outcome,
) => [`GET ${path}`, outcomes(path, outcome)] as const;
const action = (path: string, outcomes: readonly Outcome[]) => [`POST ${path}`, outcomes] as const;

const wayIn = [
  ['GET /assets/:name', same(200)],
  ['GET /setup', same(410)],
  action('/setup', same(410)),
  ['GET /login', same(200)],
  action('/login', same(401)),
  ['GET /login/totp', same(200)],
  action('/login/totp', same('303 /login?next=%2F')),
  action('/language', same('303 /')),
  action('/theme', same('303 /')),
  page('/totp', read),
  action('/totp', own(422)),
  page('/totp/off', read),
  action('/totp/off', own(422)),
  page('/totp/codes', read),
  action('/totp/codes', own(422)),
  page('/sessions', read),
  page('/sessions/end', read),
  action('/sessions/end', own('303 /login')),
  action('/sessions/:id/end', own(404)),
  action('/logout', own('303 /login')),
  page('/password', read),
  action('/password', own(422)),
  page('/operators', ownersRead),
  action('/operators', decide(400)),
  action('/operators/:id/role', decide(400)),
  page('/operators/:id/remove', ownersRead, 404),
  action('/operators/:id/remove', decide(404)),
] as const;

const overview = [
  page('/', read),
  page('/history/:series', read),
  page('/overview/panels', read),
  ...['database', 'jobs', 'loop', 'calls', 'bot', 'pools'].map((each) =>
    page(`/overview/series/${each}.json`, read),
  ),
  ['GET /live', [401, 200, 200, 200]],
] as const;

const people = [
  page('/accounts', read),
  page('/accounts.csv', operatorsRead),
  page('/accounts/:id', read, 404),
  ...['pause', 'resume'].map((what) => page(`/accounts/:id/${what}`, operatorsRead, 404)),
  ...['pause', 'resume', 'grant', 'notes', 'subscription/revoke'].map((what) =>
    action(`/accounts/:id/${what}`, operate(404)),
  ),
  page('/peers', read),
  page('/peers.csv', operatorsRead),
  page('/peers/:id', read, 404),
  ...['reissue', 'revoke'].map((what) => page(`/peers/:id/${what}`, operatorsRead, 404)),
  ...['reissue', 'revoke', 'pause', 'resume'].map((what) =>
    action(`/peers/:id/${what}`, operate(`303 /peers/${NOTHING}`)),
  ),
] as const;

const NODE_QUESTIONS = ['removal/allow', 'removal/refuse', 'strangers/remove'] as const;

const machine = [
  page('/jobs', read),
  page('/jobs.csv', operatorsRead),
  page('/jobs/:id', read, 404),
  ...['cancel', 'discard'].map((what) => page(`/jobs/:id/${what}`, operatorsRead, 404)),
  ...['retry', 'cancel'].map((what) => action(`/jobs/:id/${what}`, operate('303 /jobs'))),
  action('/jobs/:id/discard', operate(404)),
  ...['retry', 'cancel', 'discard'].map((what) => page(`/jobs/${what}`, operatorsRead)),
  ...['retry', 'cancel'].map((what) => action(`/jobs/${what}`, operate('303 /jobs'))),
  // Without the number typed.
  action('/jobs/discard', operate(422)),
  page('/pools', read),
  action('/pools', decide(422)),
  page('/nodes', read),
  ...['', '/runs/:run', '/strangers'].map((what) => page(`/nodes/:node${what}`, read, 404)),
  ...NODE_QUESTIONS.map((what) => page(`/nodes/:node/${what}`, operatorsRead, 404)),
  ...NODE_QUESTIONS.map((what) => action(`/nodes/:node/${what}`, operate(404))),
  ...['compare', 'preview', 'strangers/keep', 'strangers/adopt'].map((what) =>
    action(`/nodes/:node/${what}`, operate(404)),
  ),
  page('/plans', read),
  page('/settings', ownersRead),
  page('/audit', read),
  page('/audit.csv', operatorsRead),
  page('/logs', operatorsRead),
] as const;

/** Every route of the dashboard, and what nobody, a viewer, an operator and an owner get. Forms are sent empty. */
export const OUTCOMES: Readonly<Record<string, readonly Outcome[]>> = Object.fromEntries([
  ...wayIn,
  ...overview,
  ...people,
  ...machine,
]);
