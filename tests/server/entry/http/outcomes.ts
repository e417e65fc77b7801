/** A status, with where it leads when it leads somewhere. */
export type Outcome = number | string;

export const EVERYBODY = ['nobody', 'viewer', 'operator', 'owner'] as const;

const same = (outcome: Outcome): readonly Outcome[] => [outcome, outcome, outcome, outcome];
const login = (path?: string) => (path ? `303 /login?next=${encodeURIComponent(path)}` : '303 /login');
/** For everybody who is logged in. */
const page = (path: string, outcome: Outcome = 200) => [login(path), outcome, outcome, outcome];
const action = (outcome: Outcome) => [login(), outcome, outcome, outcome];
const ownersPage = (path: string) => [login(path), 403, 403, 200];
const owners = (outcome: Outcome) => [login(), 403, 403, outcome];

/** Every route of the dashboard, and what nobody, a viewer, an operator and an owner get. Forms are sent empty. */
export const OUTCOMES: Readonly<Record<string, readonly Outcome[]>> = {
  'GET /assets/:name': same(200),
  'GET /setup': same(410),
  'POST /setup': same(410),
  'GET /login': same(200),
  'POST /login': same(401),
  'GET /login/totp': same(200),
  'POST /login/totp': same('303 /login?next=%2F'),
  'POST /language': same('303 /'),
  'POST /theme': same('303 /'),
  'GET /totp': page('/totp'),
  'POST /totp': action(422),
  'GET /totp/off': page('/totp/off'),
  'POST /totp/off': action(422),
  'GET /sessions': page('/sessions'),
  'GET /sessions/end': page('/sessions/end'),
  'POST /sessions/end': action('303 /login'),
  'POST /sessions/:id/end': action(404),
  'POST /logout': action('303 /login'),
  'GET /password': page('/password'),
  'POST /password': action(422),
  'GET /operators': ownersPage('/operators'),
  'POST /operators': owners(400),
  'POST /operators/:id/role': owners(400),
  'POST /operators/:id/remove': owners(404),
};
