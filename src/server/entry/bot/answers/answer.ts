import { type ButtonAction, type Command, readButton } from '../../../core/bot-buttons.ts';
import { assertNever } from '../../../core/errors.ts';
import type { DeviceId } from '../../../core/ids.ts';
import type { Answer, Turn } from '../turn.ts';
import { answerHome, answerTrial } from './access.ts';
import {
  answerAdd,
  answerAddAs,
  answerChange,
  answerConfirm,
  answerDevice,
  answerDevices,
  answerReissue,
  answerStatus,
} from './devices.ts';
import { answerHelp, answerHelpVless, answerLanguage, answerLanguages, answerSteps } from './guide.ts';
import { answerLink, answerSubscription } from './links.ts';
import { answerRenameButton, answerText } from './rename.ts';

/** Everything the bot can be asked, and who answers it. A new command or button is one line here. */
export function answer(turn: Turn): Promise<Answer> {
  const { incoming } = turn;
  if (incoming.kind === 'text') return answerText(turn, incoming.text);
  // Whoever goes on to something else no longer means to type a name.
  turn.renames.forget();
  if (incoming.kind === 'command') return answerCommand(turn, incoming.command);
  return answerButton(turn, incoming.data);
}

function answerCommand(turn: Turn, command: Command): Promise<Answer> {
  switch (command) {
    case 'start':
      return answerTrial(turn, 'greet');
    case 'trial':
      return answerTrial(turn, 'plain');
    case 'devices':
      return answerDevices(turn);
    case 'status':
      return answerStatus(turn);
    case 'help':
      return answerHelp(turn);
    case 'language':
      return answerLanguages(turn);
    default:
      return assertNever(command);
  }
}

async function answerButton(turn: Turn, data: string): Promise<Answer> {
  const reading = readButton(data, turn.visit.profile.id);
  if (reading.kind === 'pressed') return answerAction(turn, reading.action);
  const { voice } = await turn.knownPage();
  if (reading.kind === 'foreign') {
    return { screen: null, toast: voice.plain('toast-not-yours'), settled: false };
  }
  const fresh = await answerHome(turn);
  return fresh && { ...fresh, toast: voice.plain('toast-stale') };
}

function answerAction(turn: Turn, action: ButtonAction): Promise<Answer> {
  if ('device' in action) return answerOnDevice(turn, action);
  switch (action.kind) {
    case 'home':
      return answerHome(turn);
    case 'trial':
      return answerTrial(turn, 'plain');
    case 'devices':
      return answerDevices(turn);
    case 'add':
      return answerAdd(turn);
    case 'add-as':
      return answerAddAs(turn, action.protocol);
    case 'status':
      return answerStatus(turn);
    case 'help':
      return answerHelp(turn);
    case 'help-vless':
      return answerHelpVless(turn);
    case 'subscription':
    case 'ask-new-subscription':
    case 'new-subscription':
      return answerSubscription(turn, action.kind);
    case 'languages':
      return answerLanguages(turn);
    case 'language':
      return answerLanguage(turn, action.language);
    case 'steps':
      return answerSteps(turn, action.system);
    default:
      return assertNever(action);
  }
}

function answerOnDevice(turn: Turn, action: Extract<ButtonAction, { device: DeviceId }>): Promise<Answer> {
  switch (action.kind) {
    case 'device':
      return answerDevice(turn, action.device);
    case 'link':
      return answerLink(turn, action.device);
    case 'rename':
      return answerRenameButton(turn, action.device);
    case 'ask-reissue':
      return answerConfirm(turn, action.device, 'reissue');
    case 'ask-revoke':
      return answerConfirm(turn, action.device, 'revoke');
    case 'reissue':
      return answerReissue(turn, action.device);
    case 'pause':
    case 'resume':
    case 'revoke':
      return answerChange(turn, action.device, action.kind);
    default:
      return assertNever(action.kind);
  }
}
