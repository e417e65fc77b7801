import {
  type AccessRules,
  type AccountState,
  decideDevice,
  decideTrial,
  nextDeviceName,
  type PromisedIssue,
} from '../core/access.ts';
import { applyJob, nodeOf } from '../core/apply-job.ts';
import { AppError, isPassing, toAppError } from '../core/errors.ts';
import { createGroupCommit } from '../core/group-commit.ts';
import { deviceId, issueId, peerId, subscriptionId } from '../core/ids.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { AddDeviceOutcome, TrialOutcome, Visit } from '../core/ports/desk.ts';
import type { NewJob } from '../core/ports/jobs.ts';
import type { AccessStore, AccessTransaction, LeasedAddress } from '../core/ports/store.ts';
import type { Language } from '../core/ports/words.ts';
import type { Protocol } from '../core/protocol.ts';

/**
 * Gives a user access: the trial with its first device, or one more device.
 *
 * Requests that arrive while a transaction is in flight form the next one, so a burst of a thousand users is some
 * dozens of transactions. In each, in this order: settle the updates (a repeat ends here), lock the accounts,
 * decide, claim addresses (VLESS needs none), write subscription, device, peer and issue, enqueue the job. All commit together or
 * not at all (E1); nothing outside the database is touched. Safe to repeat with the same update.
 */
export interface IssueAccess {
  startTrial(visit: Visit): Promise<TrialOutcome>;
  addDevice(visit: Visit, protocol: Protocol): Promise<AddDeviceOutcome>;
}

export interface IssueAccessDeps {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly rules: AccessRules;
  /** What is on sale. The first device of a trial speaks WireGuard. */
  readonly protocols: readonly Protocol[];
  /** What an unnamed device is called: `Device`, `Устройство`. A number follows. */
  deviceWord(language: Language): string;
}

interface Request {
  readonly wants: 'trial' | 'device';
  readonly protocol: Protocol;
  readonly visit: Visit;
}

type Outcome = TrialOutcome | AddDeviceOutcome;
/** What one request of a batch came to; a failure that is its own is not the others'. */
type Answer = Outcome | AppError;

/** Accounts in one transaction: enough to amortise it, few enough that a lock is held for milliseconds. */
const LARGEST_BATCH = 64;
/** Beyond this a new request would wait longer than a user does. */
const MOST_WAITING = 5000;

export function createIssueAccess(deps: IssueAccessDeps): IssueAccess {
  const queue = createGroupCommit((batch: readonly Request[]) => runBatch(deps, batch), LARGEST_BATCH);

  async function submit(request: Request): Promise<Outcome> {
    if (queue.size >= MOST_WAITING) {
      throw new AppError('exhausted', 'Too many people are asking at once. Please try again in a minute.');
    }
    const answer = await queue.submit(request);
    if (answer instanceof AppError) throw answer;
    return answer;
  }

  return {
    startTrial: async (visit) =>
      (await submit({ wants: 'trial', protocol: 'wireguard', visit })) as TrialOutcome,
    addDevice: async (visit, protocol) =>
      (await submit({ wants: 'device', protocol, visit })) as AddDeviceOutcome,
  };
}

/** Two requests of one account must see each other's effect: they go into different transactions, in order. */
async function runBatch(deps: IssueAccessDeps, batch: readonly Request[]): Promise<readonly Answer[]> {
  const answers = new Map<Request, Answer>();
  for (let left = [...batch]; left.length > 0; left = left.filter((each) => !answers.has(each))) {
    const round = firstOfEachAccount(left);
    const given = await runRound(deps, round);
    for (const [index, request] of round.entries()) answers.set(request, given[index] as Answer);
  }
  return batch.map((request) => answers.get(request) as Answer);
}

function firstOfEachAccount(requests: readonly Request[]): Request[] {
  const first = new Map<number, Request>();
  for (const each of requests) if (!first.has(each.visit.profile.id)) first.set(each.visit.profile.id, each);
  return [...first.values()];
}

/** When one request is refused by the database, the others go through alone; when the database is away, none. */
async function runRound(deps: IssueAccessDeps, round: readonly Request[]): Promise<readonly Answer[]> {
  try {
    return await deps.store.transaction((tx) => issueAll(deps, tx, round));
  } catch (error) {
    const failure = toAppError(error);
    if (round.length === 1 || isPassing(failure)) return round.map(() => failure);
  }
  const answers: Answer[] = [];
  for (const each of round) answers.push(...(await runRound(deps, [each])));
  return answers;
}

interface Grant {
  readonly request: Request;
  readonly state: AccountState;
  readonly until: Date;
  /** Of a trial that begins; null: none. */
  readonly trafficLimitBytes: number | null;
}

async function issueAll(
  deps: IssueAccessDeps,
  tx: AccessTransaction,
  requests: readonly Request[],
): Promise<readonly Outcome[]> {
  const settled = await tx.settleUpdates(requests.map((each) => each.visit.updateId));
  const fresh = requests.filter((each) => settled.has(each.visit.updateId));
  if (fresh.length === 0) return requests.map(() => ({ kind: 'repeat' }));
  const states = await tx.openAccounts(fresh.map((each) => each.visit.profile));
  // After the wait for the accounts: a subscription may have ended meanwhile.
  const now = deps.clock.now();
  const verdicts = new Map(fresh.map((each) => [each, decide(deps, each, states, now)]));
  const grants = [...verdicts.values()].filter((each): each is Grant => 'request' in each);
  const issued = await grantAll(deps, tx, grants, now);
  await tx.enqueue(redeliveries(fresh, states));
  return requests.map((request) => {
    const verdict = verdicts.get(request);
    if (!verdict) return { kind: 'repeat' };
    return 'request' in verdict ? (issued.get(verdict) ?? full(verdict)) : verdict;
  });
}

const full = (grant: Grant): Outcome => ({ kind: 'pool-full', language: grant.state.account.language });

function decide(
  deps: IssueAccessDeps,
  request: Request,
  states: ReadonlyMap<number, AccountState>,
  now: Date,
): Grant | Outcome {
  const state = states.get(request.visit.profile.id);
  if (!state) throw new AppError('internal', 'An account was opened and not answered.');
  const { language } = state.account;
  if (!deps.protocols.includes(request.protocol)) return { kind: 'not-on-sale', language };
  if (request.wants === 'device') {
    const decision = decideDevice(state, deps.rules, now);
    if (decision.kind !== 'grant') return { ...decision, language };
    return { request, state, until: decision.until, trafficLimitBytes: null };
  }
  const decision = decideTrial(state, deps.rules, now);
  if (decision.kind !== 'grant') return { ...decision, language };
  const { endsAt: until, trafficLimitBytes } = decision;
  return { request, state, until, trafficLimitBytes };
}

/** Somebody who blocked the bot before the config came, and is back, gets it now rather than never (F-G6). */
function redeliveries(requests: readonly Request[], states: ReadonlyMap<number, AccountState>): NewJob[] {
  return requests
    .filter((each) => each.wants === 'trial')
    .flatMap((each) => states.get(each.visit.profile.id)?.devices ?? [])
    .filter((device) => device.peer.wanted && !device.delivered)
    .map(({ peer }) => applyJob(peer, { priority: 10, singletonKey: `redeliver:${peer.id}` }));
}

/** Grants in order of arrival, those that need an address as far as addresses reach. */
async function grantAll(deps: IssueAccessDeps, tx: AccessTransaction, grants: readonly Grant[], now: Date) {
  const issued = new Map<Grant, Outcome>();
  if (grants.length === 0) return issued;
  const housed = grants.filter((each) => each.request.protocol === 'wireguard');
  const addresses = housed.length === 0 ? [] : await tx.claimAddresses(nodeOf('wireguard'), housed.length);
  const plans = [
    ...addresses.map((address, index) => plan(deps, housed[index] as Grant, address)),
    ...grants.filter((each) => !housed.includes(each)).map((each) => plan(deps, each, null)),
  ];
  await tx.add(
    {
      subscriptions: plans.flatMap((each) => each.subscription(now)),
      devices: plans.map((each) => each.device),
      issues: plans.map((each) => each.issue),
    },
    now,
  );
  await tx.enqueue(
    plans.map(({ device: { peerId: id, protocol } }) => applyJob({ id, protocol }, { priority: 10 })),
  );
  for (const each of plans) issued.set(each.grant, { kind: 'issued', ...each.promise });
  return issued;
}

function plan(deps: IssueAccessDeps, grant: Grant, address: LeasedAddress | null) {
  const { visit, wants, protocol } = grant.request;
  const accountId = visit.profile.id;
  const device = {
    id: deviceId(deps.random.uuid()),
    accountId,
    name: nextDeviceName(deps.deviceWord(grant.state.account.language), grant.state.devices),
    peerId: peerId(deps.random.uuid()),
    nodeId: nodeOf(protocol),
    protocol,
    address,
  };
  const cause = wants === 'trial' ? `trial:${accountId}` : `device:${visit.updateId}`;
  const issue = {
    id: issueId(deps.random.uuid()),
    cause,
    accountId,
    deviceId: device.id,
    peerId: device.peerId,
  };
  const subscription = (now: Date) => {
    if (wants !== 'trial') return [];
    const id = subscriptionId(deps.random.uuid());
    const { until: endsAt, trafficLimitBytes } = grant;
    return [{ id, accountId, plan: 'trial', startsAt: now, endsAt, trafficLimitBytes }];
  };
  const promised: PromisedIssue = {
    issueId: issue.id,
    deviceId: device.id,
    deviceName: device.name,
    until: grant.until,
  };
  return {
    grant,
    device,
    issue,
    subscription,
    promise: { language: grant.state.account.language, issue: promised },
  };
}
