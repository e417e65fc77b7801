import { type Button, writeButton } from '../../../core/bot-buttons.ts';
import type { AccountView, DeviceView } from '../../../core/ports/desk.ts';
import type { Protocol } from '../../../core/protocol.ts';
import { button, type Page, paragraphs, type Screen } from '../page.ts';
import { bothWays, healthOf, iconOf, seen, trafficLine } from '../phrases.ts';

/** All devices, a button each, and one more while there is room. */
export function devicesScreen(page: Page, account: AccountView): Screen {
  const { devices, deviceLimit } = account;
  const title =
    devices.length === 0
      ? page.voice.html('devices-none')
      : page.voice.html('devices-title', { devices: devices.length, limit: deviceLimit });
  const lines = devices.map((each) => deviceLine(page, account, each)).join('\n');
  const add = button(page, 'button-add-device', { kind: 'add' });
  return {
    html: paragraphs(title, lines === '' ? null : lines, trafficLine(page, account)),
    buttons: [
      ...devices.map((each) => [openButton(page, account, each)]),
      ...(account.until !== null && devices.length < deviceLimit ? [[add]] : []),
      ...(account.subscriptionOffered
        ? [[button(page, 'button-subscription', { kind: 'subscription' })]]
        : []),
      [button(page, 'button-home', { kind: 'home' })],
    ],
  };
}

/** What it shall speak, in words for somebody who does not know either. */
export function protocolScreen(page: Page, protocols: readonly Protocol[]): Screen {
  return {
    html: page.voice.html('choose-protocol'),
    buttons: [
      ...protocols.map((protocol) => [
        button(page, 'button-protocol', { kind: 'add-as', protocol }, { protocol }),
      ]),
      [button(page, 'button-back', { kind: 'devices' })],
    ],
  };
}

function deviceLine(page: Page, account: AccountView, device: DeviceView): string {
  const health = healthOf(device, account);
  return page.voice.html('device-line', {
    icon: iconOf(health),
    device: device.name,
    seen: seen(page.voice, health, device.lastHandshakeAt, account.readAt),
  });
}

function openButton(page: Page, account: AccountView, device: DeviceView): Button {
  const icon = iconOf(healthOf(device, account));
  return {
    text: `${icon} ${device.name}`,
    data: writeButton({ kind: 'device', device: device.id }, page.owner),
  };
}

/** One device and all that can be done with it. */
export function deviceScreen(page: Page, account: AccountView, device: DeviceView): Screen {
  const health = healthOf(device, account);
  const card = page.voice.html(device.protocol === 'vless' ? 'device-card-vless' : 'device-card', {
    icon: iconOf(health),
    device: device.name,
    address: [device.ip4, device.ip6].filter((each) => each !== null).join(', '),
    seen: seen(page.voice, health, device.lastHandshakeAt, account.readAt),
    traffic: bothWays(page.voice, device),
  });
  const waits = device.state === 'active' && !device.delivered;
  return {
    html: paragraphs(card, waits ? page.voice.html(undeliveredKey(device)) : null),
    buttons: deviceButtons(page, device),
  };
}

const undeliveredKey = ({ protocol }: DeviceView) =>
  protocol === 'vless' ? 'device-undelivered-vless' : 'device-undelivered';

function deviceButtons(page: Page, { id, state, protocol }: DeviceView): Button[][] {
  const link = button(page, 'button-link', { kind: 'link', device: id });
  return [
    ...(protocol === 'vless' && state === 'active' ? [[link]] : []),
    [
      button(page, 'button-rename', { kind: 'rename', device: id }),
      button(page, 'button-reissue', { kind: 'ask-reissue', device: id }),
    ],
    [
      state === 'active'
        ? button(page, 'button-pause', { kind: 'pause', device: id })
        : button(page, 'button-resume', { kind: 'resume', device: id }),
      button(page, 'button-revoke', { kind: 'ask-revoke', device: id }),
    ],
    [
      button(page, 'button-refresh', { kind: 'device', device: id }),
      button(page, 'button-back', { kind: 'devices' }),
    ],
  ];
}

/** "Are you sure?" before a config stops working. */
export function confirmScreen(page: Page, device: DeviceView, step: 'reissue' | 'revoke'): Screen {
  return {
    html: page.voice.html(`confirm-${step}`, { device: device.name, protocol: device.protocol }),
    buttons: [
      [button(page, `button-confirm-${step}`, { kind: step, device: device.id })],
      [button(page, 'button-cancel', { kind: 'device', device: device.id })],
    ],
  };
}
