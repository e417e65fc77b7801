import type { AccountView, DeviceView } from '../../../core/ports/desk.ts';
import { button, type Page, paragraphs, type Screen } from '../page.ts';
import { type Health, healthOf, seen, size, trafficLine } from '../phrases.ts';
import { reissueButton } from './home.ts';

/** "Is it working?" from the last handshakes and the node (E12), with a new key one tap away. */
export function statusScreen(page: Page, account: AccountView): Screen {
  const judged = account.devices.map((device) => ({
    device,
    health: healthOf(device, account),
  }));
  const troubled = judged.filter(({ health }) => health === 'never' || health === 'old');
  return {
    html: paragraphs(
      page.voice.html('status-title'),
      page.voice.html(account.nodeAnswers ? 'status-node-ok' : 'status-node-down'),
      account.until === null ? page.voice.html('status-no-access') : null,
      trafficLine(page, account),
      ...(judged.length === 0 ? [page.voice.html('devices-none')] : []),
      ...judged.map(({ device, health }) => verdict(page, device, health, account.readAt)),
    ),
    buttons: [
      ...(account.until === null ? [] : troubled.map(({ device }) => [reissueButton(page, device)])),
      [button(page, 'button-refresh', { kind: 'status' }), button(page, 'button-help', { kind: 'help' })],
      [button(page, 'button-home', { kind: 'home' })],
    ],
  };
}

const SEEN_MATTERS: readonly Health[] = ['works', 'old'];
/** Xray tells other things of its users than WireGuard does. */
const VLESS_HAS_ITS_OWN: readonly Health[] = ['works', 'old', 'never', 'unknown'];

function verdict(page: Page, device: DeviceView, health: Health, readAt: Date): string {
  const own = device.protocol === 'vless' && VLESS_HAS_ITS_OWN.includes(health);
  const key = own ? `status-${health}-vless` : `status-${health}`;
  return page.voice.html(key, {
    device: device.name,
    down: size(page.voice, device.downloadedBytes),
    up: size(page.voice, device.uploadedBytes),
    ...(SEEN_MATTERS.includes(health)
      ? { seen: seen(page.voice, health, device.lastHandshakeAt, readAt) }
      : {}),
  });
}
