/**
 * People who use a bot all day: each asks for one thing, waits for the answer, and asks for the next when it is their turn.
 * They know a bot by its words, so they can be sent to any that says the same.
 */
import { eventually } from './eventually.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { ChatMessage, SimulatorControl } from './simulator-control.ts';

/** A screen of the bot, by the words on it, and where one can go on from it: button, and what it leads to. */
interface Place {
  readonly says: string;
  readonly ways: readonly (readonly [button: string, to: Wish, weight: number])[];
}

/** Everything somebody may ask for. */
export type Wish = '/start' | '/devices' | '/status' | Step;
type Step = 'home' | 'list' | 'status' | 'card' | 'choice' | 'wireguard' | 'vless' | 'confirm' | 'revoked';

const LIST: Place = {
  says: 'Your devices|no devices yet',
  ways: [
    ['Device', 'card', 3],
    ['Add a device', 'choice', 6],
    ['Home', 'home', 1],
  ],
};
const HOME: Place = {
  says: 'Access is on|Preparing',
  ways: [
    ['My devices', 'list', 3],
    ['Is it working', 'status', 1],
  ],
};
const STATUS: Place = { says: 'Is it working', ways: [['Home', 'home', 1]] };
const END: Place = { says: 'Preparing|is ready|all your places', ways: [] };

const PLACES: Readonly<Record<Wish, Place>> = {
  '/start': HOME,
  '/devices': LIST,
  '/status': STATUS,
  home: HOME,
  list: LIST,
  status: STATUS,
  card: {
    says: 'Last (contact|traffic):',
    ways: [
      ['Back', 'list', 1],
      ['Revoke', 'confirm', 2],
    ],
  },
  choice: {
    says: 'shall the new device use',
    ways: [
      ['WireGuard', 'wireguard', 1],
      ['VLESS link', 'vless', 2],
    ],
  },
  wireguard: END,
  vless: END,
  confirm: { says: 'stops working for good', ways: [['Yes, revoke it', 'revoked', 1]] },
  revoked: LIST,
};

const COMMANDS = ['/start', '/devices', '/devices', '/status'] as const;
/** How many of a hundred requests are typed although a button could be pressed. */
const TYPED = 20;

export interface Asked {
  readonly user: number;
  readonly wish: Wish;
  /** performance.now() of the asking. */
  readonly at: number;
  /** Until the first answer; null: none came before the user gave up, or none yet. Milliseconds. */
  readonly waitMs: number | null;
}

export interface CrowdOptions {
  readonly users: number;
  readonly firstId: number;
  /** Requests of all of them together. */
  readonly perSecond: number;
  /** After this long without an answer a user turns to something else. Milliseconds. */
  readonly patienceMs: number;
  readonly seed?: number;
}

export interface Crowd {
  readonly ids: readonly number[];
  /** Everybody says /start, waits for the trial's config, and has the list of their devices before them. */
  begin(withinMs: number): Promise<void>;
  /** They go on asking until told to stop. */
  go(): void;
  /** No more questions; resolves when the last answer came or was given up. */
  stop(): Promise<void>;
  /** Everything that was asked, in order; grows. */
  asked(): readonly Asked[];
  /** Questions that could not be asked as all users were waiting for an answer. */
  unasked(): number;
}

interface Member {
  readonly id: number;
  busy: boolean;
  /** Where the last answer led, and the message it is on. */
  place: Place | null;
  message: ChatMessage | null;
}

const LONGEST_MS = 3_600_000;

export function createCrowd(control: SimulatorControl, options: CrowdOptions): Crowd {
  const { users, firstId, perSecond, patienceMs, seed = 1 } = options;
  const random = createSeededRandom(seed);
  const members: readonly Member[] = Array.from({ length: users }, (_, index) => ({
    id: firstId + index,
    busy: false,
    place: null,
    message: null,
  }));
  const asked: { -readonly [Key in keyof Asked]: Asked[Key] }[] = [];
  let unasked = 0;
  let going: Promise<unknown> = Promise.resolve();
  let over = false;

  async function ask(member: Member): Promise<void> {
    const way = member.message ? wayOn(member, random) : null;
    const wish = way?.to ?? COMMANDS[random.integer(COMMANDS.length)]!;
    const entry: (typeof asked)[number] = { user: member.id, wish, at: performance.now(), waitMs: null };
    asked.push(entry);
    member.busy = true;
    const message = await put(control, member, wish, way, patienceMs).catch(() => null);
    if (message) entry.waitMs = performance.now() - entry.at;
    member.place = message && PLACES[wish];
    member.message = message;
    member.busy = false;
  }

  function askNext(): void {
    const idle = members.filter((each) => !each.busy);
    if (idle.length === 0) unasked += 1;
    else void ask(idle[random.integer(idle.length)]!);
  }

  return {
    ids: members.map(({ id }) => id),
    async begin(withinMs) {
      for (const { id } of members) await control.newUser(id);
      await Promise.all(members.map((each) => takeTrial(control, each, withinMs)));
    },
    go() {
      over = false;
      const startedAt = performance.now();
      let put = 0;
      const tick = () => {
        for (; put < ((performance.now() - startedAt) / 1000) * perSecond; put += 1) askNext();
        return over;
      };
      going = eventually(tick, { withinMs: LONGEST_MS, everyMs: 20 });
    },
    async stop() {
      over = true;
      await going;
      await eventually(() => members.every((each) => !each.busy), { withinMs: patienceMs + 10_000 });
    },
    asked: () => asked,
    unasked: () => unasked,
  };
}

interface Way {
  /** What comes back when the button is pressed. */
  readonly data: string;
  readonly to: Wish;
}

/** A button of the screen the member is on; null: they type something, or the screen leads nowhere. */
function wayOn({ place, message }: Member, random: { integer(below: number): number }): Way | null {
  if (random.integer(100) < TYPED) return null;
  const ways = (place?.ways ?? []).flatMap(([label, to, weight]) => {
    const buttons = behind(message, label);
    if (buttons.length === 0) return [];
    const data = buttons[random.integer(buttons.length)]!;
    return Array.from({ length: weight }, () => ({ data, to }));
  });
  return ways[random.integer(ways.length)] ?? null;
}

/** "Device" is every device's button, and not the one that adds one. */
function behind(message: ChatMessage | null, label: string): readonly string[] {
  const buttons = (message?.reply_markup?.inline_keyboard ?? []).flat();
  const named = label === 'Device' ? /\bDevice \d/ : new RegExp(label);
  return buttons.flatMap(({ text, callback_data }) =>
    callback_data && named.test(text) ? [callback_data] : [],
  );
}

async function put(
  control: SimulatorControl,
  { id, message }: Member,
  wish: Wish,
  way: Way | null,
  patienceMs: number,
): Promise<ChatMessage> {
  const wanted = { from: 'bot', matches: PLACES[wish].says } as const;
  if (way === null || message === null) {
    const own = await control.write(id, wish);
    return control.awaitMessage(id, { ...wanted, afterMessageId: own }, patienceMs);
  }
  await control.pressButton(id, message.message_id, way.data);
  return control.awaitMessage(id, { ...wanted, afterMessageId: message.message_id - 1 }, patienceMs);
}

async function takeTrial(control: SimulatorControl, member: Member, withinMs: number): Promise<void> {
  await control.say(member.id, '/start');
  await control.awaitMessage(member.id, { has: 'document' }, withinMs);
  member.message = await put(control, member, '/devices', null, withinMs);
  member.place = LIST;
}
