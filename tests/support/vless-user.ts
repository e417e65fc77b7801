import type { AditRig } from './adit-rig.ts';
import type { ChatMessage } from './simulator-control.ts';

/** A user of the bot who takes VLESS links. */
export interface VlessUser {
  readonly id: number;
  /** Writes to the bot and waits for the trial's WireGuard config. */
  begin(): Promise<void>;
  /** Takes a VLESS device and waits for its link. */
  takeLink(withinMs?: number): Promise<string>;
  /** The newest list of devices, as text. */
  devices(): Promise<string>;
  /** Taps through to the confirmed revocation of the device with this name. */
  revoke(device: string): Promise<void>;
  messages(): Promise<readonly ChatMessage[]>;
}

const LINK = /vless:\/\/[^\s<]+/;

export function createVlessUser(rig: AditRig, id: number): VlessUser {
  const { control } = rig;
  const newest = async () => (await control.messages(id)).at(-1)?.message_id ?? 0;

  async function list(): Promise<ChatMessage> {
    const before = await newest();
    await control.say(id, '/devices');
    return control.awaitMessage(id, { from: 'bot', has: 'buttons', afterMessageId: before });
  }

  return {
    id,
    async begin() {
      await control.newUser(id);
      await control.say(id, '/start');
      await control.awaitMessage(id, { has: 'document' }, 20_000);
    },
    async takeLink(withinMs = 20_000) {
      await list();
      await control.press(id, 'Add a device');
      const before = await newest();
      await control.press(id, 'VLESS link');
      const wanted = { from: 'bot', contains: 'vless://', afterMessageId: before } as const;
      const message = await control.awaitMessage(id, wanted, withinMs);
      return LINK.exec(message.text ?? '')![0];
    },
    devices: async () => (await list()).text ?? '',
    async revoke(device) {
      await list();
      for (const label of [device, 'ask-revoke', 'revoke']) await control.press(id, label);
    },
    messages: () => control.messages(id),
  };
}
