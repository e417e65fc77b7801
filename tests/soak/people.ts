/** Users who want things at random and do not always wait for an answer. */
import type { AditRig } from '../support/adit-rig.ts';
import { pause } from '../support/pause.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import type { ChatMessage } from '../support/simulator-control.ts';

export interface People {
  readonly ids: readonly number[];
  /** Wishes so far: those whose answer came, and those given up. */
  readonly wishes: () => { readonly answered: number; readonly givenUp: number };
  /** No new wishes; resolves when nobody waits any more. */
  rest(): Promise<void>;
}

const FIRST_ID = 10_000;
/** How long a screen is waited for. Somebody whose screen does not come begins again later. */
const SCREEN_MS = 6_000;

/** What a person does, and how often. */
const WISHES = [
  'start',
  'devices',
  'add',
  'add',
  'on or off',
  'on or off',
  'reissue',
  'reissue',
  'revoke',
  'rename',
  'status',
] as const;
type Wish = (typeof WISHES)[number];

export async function createPeople(
  rig: AditRig,
  options: { readonly count: number; readonly seed: number; readonly thinkMs: number },
): Promise<People> {
  const ids = Array.from({ length: options.count }, (_, index) => FIRST_ID + index);
  for (const id of ids) await rig.control.newUser(id, id % 3 === 0 ? 'ru' : 'en');
  const tally = { answered: 0, givenUp: 0 };
  let over = false;

  async function live(id: number): Promise<void> {
    const random = createSeededRandom(options.seed * 1_000_003 + id);
    let wish: Wish = 'start';
    for (let turn = 0; ; turn += 1) {
      // Everybody comes within the first think time, then at their own pace.
      await pause(random.integer(turn === 0 ? options.thinkMs : 2 * options.thinkMs), () => over);
      if (over) return;
      await fulfil(rig, id, wish, random.integer(3)).then(
        () => (tally.answered += 1),
        () => (tally.givenUp += 1),
      );
      wish = WISHES[random.integer(WISHES.length)]!;
    }
  }

  const lives = Promise.all(ids.map(live));
  return {
    ids,
    wishes: () => tally,
    async rest() {
      over = true;
      await lives;
    },
  };
}

/** Throws when a screen did not come in time, or shows nothing that fits the wish. */
export async function fulfil(rig: AditRig, id: number, wish: Wish, which: number): Promise<void> {
  switch (wish) {
    case 'start':
      await answerTo(rig, id, '/start');
      return;
    case 'status':
      await answerTo(rig, id, '/status');
      return;
    case 'devices':
      await answerTo(rig, id, '/devices');
      return;
    case 'add':
      return add(rig, id);
    default:
      return onDevice(rig, id, wish, which);
  }
}

/** Whoever has no place left is content with what the list says. */
async function add(rig: AditRig, id: number): Promise<void> {
  const list = await answerTo(rig, id, '/devices');
  if (buttonsOf(list, ['add']).length > 0) await press(rig, id, list, ['add']);
}

/** Actions of the buttons to press, one screen after the other; the first of a list that is there. */
const STEPS = {
  'on or off': [['pause', 'resume']],
  reissue: [['ask-reissue'], ['reissue']],
  revoke: [['ask-revoke'], ['revoke']],
  rename: [['rename']],
} as const;

async function onDevice(rig: AditRig, id: number, wish: keyof typeof STEPS, which: number): Promise<void> {
  const list = await answerTo(rig, id, '/devices');
  const devices = buttonsOf(list, ['device']);
  const device = devices[which % devices.length];
  if (device === undefined) return press(rig, id, list, ['trial', 'add']);
  await rig.control.pressButton(id, list.message_id, device);
  for (const actions of STEPS[wish]) {
    await press(rig, id, await screenWith(rig, id, list.message_id, actions), actions);
  }
  if (wish !== 'rename') return;
  // The question comes as a message of its own.
  await rig.control.awaitMessage(id, { from: 'bot', afterMessageId: list.message_id }, SCREEN_MS);
  await rig.control.say(id, `Phone ${which} of ${id}`);
}

async function answerTo(rig: AditRig, id: number, text: string): Promise<ChatMessage> {
  const said = await rig.control.write(id, text);
  return rig.control.awaitMessage(id, { from: 'bot', afterMessageId: said }, SCREEN_MS);
}

/** The screens of a conversation are one message, edited. */
function screenWith(
  rig: AditRig,
  id: number,
  messageId: number,
  actions: readonly string[],
): Promise<ChatMessage> {
  const end = performance.now() + SCREEN_MS;
  const look = async (): Promise<ChatMessage> => {
    const found = (await rig.control.messages(id)).findLast(
      (each) => each.message_id >= messageId && buttonsOf(each, actions).length > 0,
    );
    if (found) return found;
    if (performance.now() > end) throw new Error(`no screen with ${actions.join(' or ')} came to ${id}`);
    await pause(150);
    return look();
  };
  return look();
}

async function press(
  rig: AditRig,
  id: number,
  screen: ChatMessage,
  actions: readonly string[],
): Promise<void> {
  const [data] = buttonsOf(screen, actions);
  if (data === undefined) throw new Error(`the screen of ${id} has no button ${actions.join(' or ')}`);
  await rig.control.pressButton(id, screen.message_id, data);
}

const buttonsOf = (message: ChatMessage, actions: readonly string[]): readonly string[] =>
  (message.reply_markup?.inline_keyboard ?? [])
    .flat()
    .flatMap((each) => each.callback_data ?? [])
    .filter((data) => actions.includes(data.split(':')[1] ?? ''));

/** Until the account has a wanted device; for those whose wishes all fell into faults. */
export async function isServed(rig: AditRig, id: number): Promise<void> {
  await rig.control.say(id, '/trial');
  await rig.control.awaitMessage(id, { has: 'document' }, 60_000);
}
