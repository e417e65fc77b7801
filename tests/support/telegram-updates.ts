/** Updates as Telegram's own servers would post them, for tests that stand in Telegram's place. */
export interface Said {
  readonly updateId: number;
  readonly user: number;
  readonly text: string;
  readonly firstName?: string;
}

export function textUpdate({ updateId, user, text, firstName = 'Ann' }: Said): string {
  return JSON.stringify({
    update_id: updateId,
    message: {
      message_id: updateId,
      date: 1,
      text,
      from: { id: user, is_bot: false, first_name: firstName, language_code: 'en' },
      chat: { id: user, type: 'private', first_name: firstName },
    },
  });
}
