import type { Button } from '../../../core/bot-buttons.ts';
import type { AccountView } from '../../../core/ports/desk.ts';
import { button, type Page, paragraphs, type Screen } from '../page.ts';
import { trafficLine } from '../phrases.ts';

/** Where everything starts: what the account may do now. */
export function homeScreen(page: Page, account: AccountView | null): Screen {
  if (!account || (account.until === null && !account.trialUsed)) return newcomerScreen(page, 'home-new');
  if (account.until === null)
    return outsideScreen(page, account.traffic?.usedUp ? 'home-used-up' : 'home-over');
  const waiting = account.devices.find((each) => each.state === 'active' && !each.delivered);
  const active = page.voice.html('home-active', {
    until: account.until,
    devices: account.devices.length,
    limit: account.deviceLimit,
  });
  const undelivered = waiting ? page.voice.html('home-undelivered', { device: waiting.name }) : null;
  const limited = typeof account.traffic?.limitBytes === 'number';
  const again = waiting && reissueButton(page, waiting);
  return {
    html: paragraphs(active, limited ? trafficLine(page, account) : null, undelivered),
    buttons: [...(again ? [[again]] : []), ...menu(page)],
  };
}

/** No access, and the trial can be had (again, when the pool was full). */
export function newcomerScreen(page: Page, key: 'home-new' | 'pool-full'): Screen {
  const trial = button(page, 'button-trial', { kind: 'trial' });
  return { html: page.voice.html(key), buttons: [[trial], languageRow(page)] };
}

/** No access, and no trial to be had. */
export function outsideScreen(
  page: Page,
  key: 'home-over' | 'home-used-up' | 'trial-used' | 'trial-off' | 'account-paused',
): Screen {
  return { html: page.voice.html(key), buttons: [languageRow(page)] };
}

/** The gentle answer to what was not understood. */
export function hintScreen(page: Page): Screen {
  return { html: page.voice.html('hint'), buttons: menu(page) };
}

/** While the config is on its way; the delivery edits it into "ready". Without buttons, so that it stays what it is. */
export function preparingScreen(page: Page, deviceName: string, greetName: string | null): Screen {
  const hello = greetName ? page.voice.html('hello', { name: greetName }) : null;
  return { html: paragraphs(hello, page.voice.html('preparing', { device: deviceName })), buttons: [] };
}

export function reissueButton(page: Page, device: AccountView['devices'][number]): Button {
  return button(
    page,
    'button-reissue-device',
    { kind: 'reissue', device: device.id },
    { device: device.name },
  );
}

function menu(page: Page): Button[][] {
  return [
    [button(page, 'button-devices', { kind: 'devices' }), button(page, 'button-status', { kind: 'status' })],
    languageRow(page),
  ];
}

function languageRow(page: Page): Button[] {
  return [
    button(page, 'button-help', { kind: 'help' }),
    button(page, 'button-language', { kind: 'languages' }),
  ];
}
