import type { AccountView, DeviceView } from '../../core/ports/desk.ts';
import type { Voice } from '../../core/voice.ts';
import type { Page } from './page.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A client in use shakes hands every two minutes (WireGuard white paper, REKEY_AFTER_TIME), plus some grace. */
const WORKS_MS = 3 * MINUTE_MS;

/**
 * `over`: access has ended. The server has let go of the device, and knows no more when it last connected. `used`: traffic
 * was counted, and nobody knows when.
 */
export type Health = 'over' | 'paused' | 'preparing' | 'unknown' | 'never' | 'used' | 'works' | 'old';

/** What can be said of a device when its account was read. */
export function healthOf(
  device: DeviceView,
  { until, nodeAnswers, readAt }: Pick<AccountView, 'until' | 'nodeAnswers' | 'readAt'>,
): Health {
  if (until === null) return 'over';
  if (device.state === 'paused') return 'paused';
  if (!device.applied) return 'preparing';
  if (device.protocol === 'vless') return healthOfUser(device, readAt);
  if (!nodeAnswers) return 'unknown';
  if (!device.lastHandshakeAt) return 'never';
  return readAt.getTime() - device.lastHandshakeAt.getTime() < WORKS_MS ? 'works' : 'old';
}

/** Xray shakes no hands: what is known of a VLESS user is its traffic, when it was counted. */
function healthOfUser({ lastHandshakeAt: lastAt, ...device }: DeviceView, readAt: Date): Health {
  if (lastAt) return readAt.getTime() - lastAt.getTime() < WORKS_MS ? 'works' : 'old';
  if (device.uploadedBytes === null || device.downloadedBytes === null) return 'unknown';
  return device.uploadedBytes + device.downloadedBytes > 0 ? 'used' : 'never';
}

/** Plain text: "5 minutes ago". */
export function seen(voice: Voice, health: Health, lastHandshakeAt: Date | null, readAt: Date): string {
  if (TELL_ALL.includes(health)) {
    return voice.plain('seen', { unit: health, n: 0 });
  }
  if (!lastHandshakeAt) return voice.plain('seen', { unit: 'never', n: 0 });
  // Clocks of kernel and process differ by a little; the future is "just now".
  const ms = Math.max(0, readAt.getTime() - lastHandshakeAt.getTime());
  if (ms < MINUTE_MS) return voice.plain('seen', { unit: 'now', n: 0 });
  if (ms < HOUR_MS) return voice.plain('seen', { unit: 'minutes', n: Math.floor(ms / MINUTE_MS) });
  if (ms < DAY_MS) return voice.plain('seen', { unit: 'hours', n: Math.floor(ms / HOUR_MS) });
  return voice.plain('seen', { unit: 'days', n: Math.floor(ms / DAY_MS) });
}

/** There is nothing to add to these. */
const TELL_ALL: readonly Health[] = ['over', 'paused', 'unknown', 'never', 'used'];

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Plain text: "12.3 MB", or that it is not known. */
export function size(voice: Voice, bytes: number | null): string {
  if (bytes === null) return voice.plain('device-traffic-unknown');
  if (bytes < MIB) return voice.plain('size', { unit: 'kb', n: bytes / 1024 });
  if (bytes < GIB) return voice.plain('size', { unit: 'mb', n: bytes / MIB });
  return voice.plain('size', { unit: 'gb', n: bytes / GIB });
}

/** Plain text: what a device got and sent, or once that it is not known. */
export function bothWays(
  voice: Voice,
  { downloadedBytes: down, uploadedBytes: up }: Pick<DeviceView, 'downloadedBytes' | 'uploadedBytes'>,
): string {
  if (down === null && up === null) return size(voice, null);
  return voice.plain('device-traffic', { down: size(voice, down), up: size(voice, up) });
}

/** What the subscription has used; null where there is nothing to say. */
export function trafficLine(
  { voice }: Pick<Page, 'voice'>,
  { traffic }: Pick<AccountView, 'traffic'>,
): string | null {
  if (traffic === null) return null;
  const used = size(voice, traffic.usedBytes);
  if (traffic.limitBytes === null) return voice.html('traffic-used', { used });
  const key = traffic.usedUp ? 'traffic-used-up' : 'traffic-used-of';
  return voice.html(key, { used, limit: size(voice, traffic.limitBytes) });
}

const ICONS: Readonly<Record<Health, string>> = {
  over: '🔴',
  paused: '⏸',
  preparing: '⏳',
  unknown: '❔',
  never: '⚪️',
  used: '🟢',
  works: '🟢',
  old: '🟡',
};

export const iconOf = (health: Health): string => ICONS[health];
