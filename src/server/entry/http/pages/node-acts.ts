import type { ConfirmModel, Problem } from '../../../../views/dashboard/models.ts';
import { ConfirmPage } from '../../../../views/dashboard/pages/confirm.tsx';
import { actions, confirmed, paths } from '../../../../views/dashboard/paths.ts';
import type { NodeId } from '../../../core/ids.ts';
import type { StrangerDecision } from '../../../core/ports/reconcile-desk.ts';
import { answerRemoval, askComparison, decideStranger } from '../../../services/operate/reconcile-acts.ts';
import { type Flash, page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { named } from './account-acts.ts';
import { actOf, backTo, good, nowhere, warn } from './act.ts';
import type { PagesDeps } from './deps.ts';
import { nodeOf } from './nodes.ts';

/** What an operator has done about a node. */
export function nodeActRoutes(deps: PagesDeps): readonly Route[] {
  const act = { method: 'POST', role: 'operator', kind: 'action' } as const;
  const ask = { method: 'GET', role: 'operator', kind: 'page' } as const;
  const at = (path: (node: string) => string) => named(path(':node'));
  const decide = (decision: StrangerDecision) => (context: RouteContext) => decided(deps, context, decision);
  return [
    { ...act, path: at(actions.compareNode), handle: (context) => compare(deps, context, false) },
    { ...act, path: at(actions.previewNode), handle: (context) => compare(deps, context, true) },
    { ...act, path: at(actions.keepStranger), handle: decide('keep') },
    { ...act, path: at(actions.adoptStranger), handle: decide('adopt') },
    { ...ask, path: at(confirmed.removeStranger), handle: (context) => confirmRemove(deps, context) },
    { ...act, path: at(confirmed.removeStranger), handle: decide('remove') },
    ...(['allow', 'refuse'] as const).flatMap((decision): Route[] => {
      const path = at(decision === 'allow' ? confirmed.allowRemoval : confirmed.refuseRemoval);
      return [
        { ...ask, path, handle: (context) => confirmAnswer(deps, context, decision) },
        { ...act, path, handle: (context) => answered(deps, context, decision) },
      ];
    }),
  ];
}

async function compare(deps: PagesDeps, context: RouteContext, dryRun: boolean): Promise<Response> {
  const form = await context.form();
  const { id } = await nodeOf(deps, context);
  const outcome = await askComparison(deps.operate, actOf(context, form), id, dryRun);
  if (outcome.kind === 'not-found') throw nowhere();
  return backTo(form, paths.node(id), good(dryRun ? 'did-node-preview' : 'did-node-compare'));
}

/** A WireGuard key, or a VLESS user's e-mail: what neither can be is not looked for. */
const keyIn = (values: URLSearchParams): string => {
  const key = values.get('key') ?? '';
  if (!/^\P{Cc}{1,256}$/u.test(key)) throw nowhere();
  return key;
};

async function decided(
  deps: PagesDeps,
  context: RouteContext,
  decision: StrangerDecision,
): Promise<Response> {
  const form = await context.form();
  const { id } = await nodeOf(deps, context);
  const outcome = await decideStranger(deps.operate, actOf(context, form), id, keyIn(form), decision);
  const flash: Flash =
    outcome.kind === 'done'
      ? good(`did-stranger-${decision}`)
      : outcome.kind === 'gone'
        ? warn('did-stranger-gone')
        : warn(`adoption-${outcome.refusal}`);
  return backTo(form, paths.strangers(id), flash);
}

async function confirmRemove(deps: PagesDeps, context: RouteContext): Promise<Response> {
  const { id } = await nodeOf(deps, context);
  const key = keyIn(context.query);
  return confirmPage(context, {
    kind: 'stranger-remove',
    subject: key,
    count: 1,
    action: confirmed.removeStranger(id),
    fields: { key },
    typed: null,
    back: paths.strangers(id),
    problem: null,
  });
}

/** What is shown is what is answered: the number and the question stand in the form. */
async function confirmAnswer(
  deps: PagesDeps,
  context: RouteContext,
  decision: 'allow' | 'refuse',
  problem: Problem | null = null,
): Promise<Response> {
  const { id, question } = await nodeOf(deps, context);
  if (question === null) throw nowhere();
  return confirmPage(context, {
    kind: `removal-${decision}`,
    subject: id,
    count: question.count,
    action: addressOf(decision)(id),
    fields: { question: String(question.id), count: String(question.count) },
    typed: decision === 'allow' ? String(question.count) : null,
    back: paths.node(id),
    problem,
  });
}

const addressOf = (decision: 'allow' | 'refuse') =>
  decision === 'allow' ? confirmed.allowRemoval : confirmed.refuseRemoval;

async function answered(
  deps: PagesDeps,
  context: RouteContext,
  decision: 'allow' | 'refuse',
): Promise<Response> {
  const form = await context.form();
  const { id } = await nodeOf(deps, context);
  const count = wholeIn(form, 'count');
  if (decision === 'allow' && form.get('typed')?.trim() !== String(count)) {
    const text = context.shell().t('problem-typed');
    return confirmAnswer(deps, context, decision, { field: 'typed', text });
  }
  return answer(deps, context, form, id, { id: wholeIn(form, 'question'), count, decision });
}

async function answer(
  deps: PagesDeps,
  context: RouteContext,
  form: URLSearchParams,
  node: NodeId,
  given: Parameters<typeof answerRemoval>[3],
): Promise<Response> {
  const outcome = await answerRemoval(deps.operate, actOf(context, form), node, given);
  const flash =
    outcome.kind === 'done'
      ? good(`did-removal-${given.decision}`, { count: given.count })
      : warn('did-removal-moved-on');
  return backTo(form, paths.node(node), flash);
}

const wholeIn = (form: URLSearchParams, name: string): number => {
  const text = form.get(name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
};

function confirmPage(context: RouteContext, model: ConfirmModel): Response {
  const html = String(ConfirmPage({ shell: context.shell(), model }));
  return page(html, model.problem === null ? 200 : 422);
}
