import { assertNever } from '../../../core/errors.ts';
import type { DeviceId } from '../../../core/ids.ts';
import { button, note, type Page, type Screen } from '../page.ts';
import { devicesScreen } from '../screens/devices.ts';
import { hintScreen, homeScreen } from '../screens/home.ts';
import type { Answer, Reply, Turn } from '../turn.ts';

/** The button: asks for the name. */
export async function answerRenameButton(turn: Turn, id: DeviceId): Promise<Answer> {
  const account = await turn.desk.account(turn.visit.profile.id);
  const page = account ? turn.page(account.language) : await turn.knownPage();
  const device = account?.devices.find((each) => each.id === id);
  if (!account) return { screen: homeScreen(page, null), settled: false };
  if (!device) return { screen: devicesScreen(page, account), settled: false };
  turn.renames.expect(id);
  return question(page, page.voice.html('rename-ask', { device: device.name }));
}

/** Any text: the name that was asked for, or something to be gentle about. */
export async function answerText(turn: Turn, text: string): Promise<Answer> {
  const id = turn.renames.expected();
  if (id === null) return { screen: hintScreen(await turn.knownPage()), settled: false };
  const outcome = await turn.desk.renameDevice(turn.visit, id, text.trim());
  if (outcome.kind === 'repeat') return null;
  const page = turn.page(outcome.language);
  if (outcome.kind === 'bad-name') return question(page, page.voice.html('rename-bad'));
  turn.renames.forget();
  switch (outcome.kind) {
    case 'done':
      return { screen: renamedScreen(page, outcome.deviceName), settled: true };
    case 'not-found':
      return { screen: note(page, 'device-gone'), settled: true };
    case 'no-subscription':
    case 'account-paused':
      return { screen: note(page, outcome.kind), settled: true };
    default:
      return assertNever(outcome);
  }
}

function renamedScreen(page: Page, device: string): Screen {
  return {
    html: page.voice.html('rename-done', { device }),
    buttons: [[button(page, 'button-devices', { kind: 'devices' })]],
  };
}

function question(page: Page, html: string): Reply {
  return {
    screen: { html, buttons: [] },
    placeholder: page.voice.plain('rename-placeholder'),
    settled: false,
  };
}
