import { type AccountId, type DeviceId, deviceId } from './ids.ts';
import { LANGUAGES, type Language } from './ports/words.ts';
import { PROTOCOLS, type Protocol } from './protocol.ts';

/** What can be typed; the buttons do the same. */
export const COMMANDS = ['start', 'trial', 'devices', 'status', 'help', 'language'] as const;
export type Command = (typeof COMMANDS)[number];

export const SYSTEMS = ['android', 'ios', 'windows', 'macos', 'linux'] as const;
export type System = (typeof SYSTEMS)[number];

const PLAIN = [
  'home',
  'trial',
  'devices',
  'add',
  'status',
  'help',
  'help-vless',
  'languages',
  'subscription',
  'ask-new-subscription',
  'new-subscription',
] as const;
const ON_DEVICE = [
  'device',
  'link',
  'rename',
  'ask-reissue',
  'reissue',
  'pause',
  'resume',
  'ask-revoke',
  'revoke',
] as const;

/** What a button under a message asks for. */
export type ButtonAction =
  | { readonly kind: (typeof PLAIN)[number] }
  | { readonly kind: (typeof ON_DEVICE)[number]; readonly device: DeviceId }
  | { readonly kind: 'add-as'; readonly protocol: Protocol }
  | { readonly kind: 'steps'; readonly system: System }
  | { readonly kind: 'language'; readonly language: Language };

/** A button as Telegram shows it; `data` comes back when it is pressed, `copy` goes to the clipboard. */
export type Button =
  | { readonly text: string; readonly data: string }
  | { readonly text: string; readonly copy: string };

/** Longer texts Telegram does not copy by a button (https://core.telegram.org/bots/api#copytextbutton). */
const MOST_COPIED = 256;

/** What a button may copy of a link or address: all of it, or all but its label when that is too much; null: neither. */
export function copiedBy(link: string): string | null {
  const bare = link.replace(/#.*$/, '');
  return [link, bare].find((text) => text.length <= MOST_COPIED) ?? null;
}

/** Raised when the meaning of an action changes: buttons of older messages are then stale, not misread. */
const EDITION = '1';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** At most 64 bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton), bound to its owner. */
export function writeButton(action: ButtonAction, owner: AccountId): string {
  return [EDITION, action.kind, argumentOf(action), owner.toString(36)].join(':');
}

function argumentOf(action: ButtonAction): string {
  if ('device' in action) return action.device;
  if ('system' in action) return action.system;
  if ('protocol' in action) return action.protocol;
  return 'language' in action ? action.language : '';
}

export type ButtonReading =
  | { readonly kind: 'pressed'; readonly action: ButtonAction }
  /** Made by another edition, or not by us. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'foreign' };

/** Anything may come in: a modified client sends what it likes. */
export function readButton(data: string, presser: AccountId): ButtonReading {
  const [edition, kind, argument, owner, ...rest] = data.split(':');
  if (edition !== EDITION || rest.length > 0 || kind === undefined || argument === undefined) {
    return { kind: 'stale' };
  }
  const action = actionOf(kind, argument);
  if (!action) return { kind: 'stale' };
  return owner === presser.toString(36) ? { kind: 'pressed', action } : { kind: 'foreign' };
}

function actionOf(kind: string, argument: string): ButtonAction | null {
  const plain = PLAIN.find((each) => each === kind);
  if (plain) return argument === '' ? { kind: plain } : null;
  const onDevice = ON_DEVICE.find((each) => each === kind);
  if (onDevice) return UUID.test(argument) ? { kind: onDevice, device: deviceId(argument) } : null;
  const system = kind === 'steps' ? SYSTEMS.find((each) => each === argument) : undefined;
  if (system) return { kind: 'steps', system };
  const protocol = kind === 'add-as' ? PROTOCOLS.find((each) => each === argument) : undefined;
  if (protocol) return { kind: 'add-as', protocol };
  const language = kind === 'language' ? LANGUAGES.find((each) => each === argument) : undefined;
  return language ? { kind: 'language', language } : null;
}
