import { type SessionId, sessionId } from '../../core/ids.ts';
import { CODE_STAGE_MS, SESSION_LONGEST_MS } from '../../core/operator-rules.ts';
import { type Operator, operatorSubject } from '../../core/operators.ts';
import type { KnownDevice, OperatorTransaction } from '../../core/ports/operators.ts';
import { actorOf, type Opened, type Visitor, type WayInDeps } from './way-in.ts';

const LONGEST_AGENT = 300;

/** A fresh session with a fresh token, the browser remembered, and a line in the audit. `ended` made room for it. */
export async function openSession(
  deps: Pick<WayInDeps, 'tokens' | 'random'>,
  tx: OperatorTransaction,
  operator: Operator,
  visitor: Visitor,
  how: { readonly device: KnownDevice | null; readonly by: string },
): Promise<{ readonly opened: Opened; readonly ended: readonly SessionId[] }> {
  const token = deps.tokens.fresh();
  const ended = await tx.addSession(
    newSession(deps, operator, visitor, { token, stage: 'full', ms: SESSION_LONGEST_MS }),
    visitor.now,
  );
  const deviceToken = how.device === null ? deps.tokens.fresh() : (visitor.deviceToken ?? '');
  const device = how.device ?? { id: deps.random.uuid(), tokenHash: deps.tokens.digest(deviceToken) };
  await tx.rememberDevice(operator.id, device, visitor.address, visitor.now);
  const details = { by: how.by, knownBrowser: how.device !== null };
  const subject = operatorSubject(operator.name);
  await tx.audit([{ at: visitor.now, actor: actorOf(operator, visitor), action: 'login', subject, details }]);
  return { opened: { kind: 'in', sessionToken: token, deviceToken }, ended };
}

/** Between password and second factor: its token is good for asking the code, for five minutes. */
export async function openCodeStage(
  deps: Pick<WayInDeps, 'tokens' | 'random'>,
  tx: OperatorTransaction,
  operator: Operator,
  visitor: Visitor,
): Promise<{ readonly codeToken: string; readonly ended: readonly SessionId[] }> {
  const token = deps.tokens.fresh();
  const ended = await tx.addSession(
    newSession(deps, operator, visitor, { token, stage: 'code', ms: CODE_STAGE_MS }),
    visitor.now,
  );
  return { codeToken: token, ended };
}

function newSession(
  { tokens, random }: Pick<WayInDeps, 'tokens' | 'random'>,
  operator: Operator,
  { address, agent, now }: Visitor,
  { token, stage, ms }: { readonly token: string; readonly stage: 'code' | 'full'; readonly ms: number },
) {
  return {
    id: sessionId(random.uuid()),
    operatorId: operator.id,
    tokenHash: tokens.digest(token),
    stage,
    endsAt: new Date(now.getTime() + ms),
    address,
    agent: agent.slice(0, LONGEST_AGENT),
  };
}
