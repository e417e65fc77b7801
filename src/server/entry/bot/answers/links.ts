import { assertNever } from '../../../core/errors.ts';
import type { DeviceId } from '../../../core/ids.ts';
import type { SubscriptionView } from '../../../core/ports/desk.ts';
import { note } from '../page.ts';
import { linkScreen, newSubscriptionScreen, subscriptionScreen } from '../screens/links.ts';
import type { Answer, Turn } from '../turn.ts';

/** The link of a VLESS device once more, with its QR. */
export async function answerLink(turn: Turn, id: DeviceId): Promise<Answer> {
  const view = await turn.desk.link(turn.visit, id);
  const page = turn.page(view.language);
  if (view.kind === 'not-found') return { screen: note(page, 'device-gone'), settled: false };
  return { screen: linkScreen(page, id, view), qr: view.link, settled: false };
}

type Step = 'subscription' | 'ask-new-subscription' | 'new-subscription';

export async function answerSubscription(turn: Turn, step: Step): Promise<Answer> {
  switch (step) {
    case 'subscription':
      return shown(turn, await turn.desk.subscription(turn.visit), false);
    case 'ask-new-subscription':
      return { screen: newSubscriptionScreen(await turn.knownPage()), settled: false };
    case 'new-subscription': {
      const view = await turn.desk.renewSubscription(turn.visit);
      return view.kind === 'repeat' ? null : shown(turn, view, true);
    }
    default:
      return assertNever(step);
  }
}

function shown(turn: Turn, view: SubscriptionView, settled: boolean): Answer {
  const page = turn.page(view.language);
  if (view.kind === 'none') return { screen: note(page, 'subscription-none'), settled };
  return { screen: subscriptionScreen(page, view.url), qr: view.url, settled };
}
