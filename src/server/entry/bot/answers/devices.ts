import { assertNever } from '../../../core/errors.ts';
import type { DeviceId } from '../../../core/ids.ts';
import type {
  AccountView,
  AddDeviceOutcome,
  DeviceOutcome,
  DeviceView,
  ReissueOutcome,
} from '../../../core/ports/desk.ts';
import type { Protocol } from '../../../core/protocol.ts';
import { note, type Page, type Screen } from '../page.ts';
import { confirmScreen, deviceScreen, devicesScreen, protocolScreen } from '../screens/devices.ts';
import { homeScreen, preparingScreen } from '../screens/home.ts';
import { statusScreen } from '../screens/status.ts';
import type { Answer, Turn } from '../turn.ts';

/** A screen of the whole account; a newcomer is shown the way in. */
async function answerAccount(
  turn: Turn,
  draw: (page: Page, account: AccountView) => Screen,
): Promise<Answer> {
  const account = await turn.desk.account(turn.visit.profile.id);
  if (!account) return { screen: homeScreen(await turn.knownPage(), null), settled: false };
  const page = turn.page(account.language);
  const outside = account.until === null && account.devices.length === 0;
  return { screen: outside ? homeScreen(page, account) : draw(page, account), settled: false };
}

export const answerDevices = (turn: Turn): Promise<Answer> => answerAccount(turn, devicesScreen);
export const answerStatus = (turn: Turn): Promise<Answer> => answerAccount(turn, statusScreen);

/** A screen of one device; one that is gone leads back to the list. */
export function answerDevice(
  turn: Turn,
  id: DeviceId,
  draw: (page: Page, account: AccountView, device: DeviceView) => Screen = deviceScreen,
): Promise<Answer> {
  return answerAccount(turn, (page, account) => {
    const device = account.devices.find((each) => each.id === id);
    return device ? draw(page, account, device) : devicesScreen(page, account);
  });
}

export function answerConfirm(turn: Turn, id: DeviceId, step: 'reissue' | 'revoke'): Promise<Answer> {
  return answerDevice(turn, id, (page, _account, device) => confirmScreen(page, device, step));
}

/** With more than one thing on sale it is asked what it shall be; else it is simply added. */
export async function answerAdd(turn: Turn): Promise<Answer> {
  const [only, ...more] = turn.desk.protocols;
  if (only !== undefined && more.length === 0) return answerAddAs(turn, only);
  return answerAccount(turn, (page) => protocolScreen(page, turn.desk.protocols));
}

export async function answerAddAs(turn: Turn, protocol: Protocol): Promise<Answer> {
  return issueAnswer(turn, await turn.desk.addDevice(turn.visit, protocol));
}

export async function answerReissue(turn: Turn, id: DeviceId): Promise<Answer> {
  return issueAnswer(turn, await turn.desk.reissueKey(turn.visit, id));
}

function issueAnswer(turn: Turn, outcome: AddDeviceOutcome | ReissueOutcome): Answer {
  if (outcome.kind === 'repeat') return null;
  const page = turn.page(outcome.language);
  switch (outcome.kind) {
    case 'issued': {
      const screen = preparingScreen(page, outcome.issue.deviceName, null);
      return { screen, issue: outcome.issue.issueId, settled: true };
    }
    case 'device-limit':
      return { screen: note(page, 'device-limit', { limit: outcome.limit }), settled: true };
    case 'no-subscription':
    case 'account-paused':
      return { screen: note(page, outcome.kind), settled: true };
    case 'not-on-sale':
      return { screen: note(page, 'not-on-sale'), settled: true };
    case 'not-found':
      return { screen: note(page, 'device-gone'), settled: true };
    case 'pool-full':
      return { screen: note(page, 'pool-full'), settled: true };
    default:
      return assertNever(outcome);
  }
}

type Change = 'pause' | 'resume' | 'revoke';
const CHANGED = { pause: 'toast-paused', resume: 'toast-resumed', revoke: 'toast-revoked' } as const;

/** Does it, then shows what became of the device (or the list without it). */
export async function answerChange(turn: Turn, id: DeviceId, change: Change): Promise<Answer> {
  const outcome = await askFor(turn, id, change);
  if (outcome.kind === 'repeat') return null;
  const page = turn.page(outcome.language);
  switch (outcome.kind) {
    case 'done': {
      const shown = await answerDevice(turn, id);
      return shown && { ...shown, toast: page.voice.plain(CHANGED[change]), settled: true };
    }
    case 'not-found':
      return { screen: note(page, 'device-gone'), settled: true };
    case 'no-subscription':
    case 'account-paused':
      return { screen: note(page, outcome.kind), settled: true };
    default:
      return assertNever(outcome);
  }
}

function askFor(turn: Turn, id: DeviceId, change: Change): Promise<DeviceOutcome> {
  switch (change) {
    case 'pause':
      return turn.desk.pauseDevice(turn.visit, id);
    case 'resume':
      return turn.desk.resumeDevice(turn.visit, id);
    case 'revoke':
      return turn.desk.revokeDevice(turn.visit, id);
    default:
      return assertNever(change);
  }
}
