import { type Button, copiedBy } from '../../../core/bot-buttons.ts';
import type { DeviceId } from '../../../core/ids.ts';
import type { LinkView } from '../../../core/ports/desk.ts';
import { button, type Page, type Screen } from '../page.ts';

/** A link once more. It stands in the chat, where the first one stood. */
export function linkScreen(
  page: Page,
  device: DeviceId,
  { link, deviceName }: Extract<LinkView, { kind: 'link' }>,
): Screen {
  return {
    html: page.voice.html('link-again', { device: deviceName, link }),
    buttons: [
      ...copyRow(page, link),
      [button(page, 'button-help', { kind: 'help-vless' })],
      [button(page, 'button-back', { kind: 'device', device })],
    ],
  };
}

/** The address at which a client fetches all links of the account. */
export function subscriptionScreen(page: Page, url: string): Screen {
  return {
    html: page.voice.html('subscription-card', { url }),
    buttons: [
      ...copyRow(page, url),
      [button(page, 'button-new-subscription', { kind: 'ask-new-subscription' })],
      [button(page, 'button-back', { kind: 'devices' })],
    ],
  };
}

/** "Are you sure?" before the address stops working. */
export function newSubscriptionScreen(page: Page): Screen {
  return {
    html: page.voice.html('confirm-new-subscription'),
    buttons: [
      [button(page, 'button-confirm-new-subscription', { kind: 'new-subscription' })],
      [button(page, 'button-cancel', { kind: 'subscription' })],
    ],
  };
}

function copyRow(page: Page, text: string): Button[][] {
  const copy = copiedBy(text);
  return copy === null ? [] : [[{ text: page.voice.plain('button-copy-link'), copy }]];
}
