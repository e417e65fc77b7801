/** A piece of text with the marks that hold for all of it, and where it leads. */
export interface Run {
  readonly text: string;
  readonly marks: readonly string[];
  readonly href: string | null;
}

export interface TextBlock {
  readonly kind: 'plain' | 'pre' | 'quote';
  readonly runs: readonly Run[];
}

export interface ButtonProps {
  readonly text: string;
  readonly kind: 'press' | 'link' | 'copy' | 'inert';
  readonly href: string | null;
  readonly copyText: string | null;
  readonly row: number;
  readonly column: number;
  /** Pressed, and the bot has not answered yet. */
  readonly isWaiting: boolean;
}

export interface MessageProps {
  readonly id: number;
  readonly isOwn: boolean;
  readonly author: string;
  readonly time: string;
  readonly isoTime: string;
  readonly isEdited: boolean;
  readonly text: readonly TextBlock[];
  readonly quoted: string | null;
  readonly document: { readonly name: string; readonly size: string; readonly href: string } | null;
  readonly photo: { readonly href: string; readonly width: number; readonly height: number } | null;
  readonly rows: readonly (readonly ButtonProps[])[];
}

export interface PersonProps {
  readonly id: number;
  readonly name: string;
  readonly initials: string;
  /** 0 to 6: one of seven colours. */
  readonly colour: number;
  readonly language: string;
  readonly lastLine: string;
  readonly time: string;
  readonly isCurrent: boolean;
  readonly isBlocked: boolean;
  readonly href: string;
}

/** What the bot answered to a press. */
export interface NoticeProps {
  readonly pressId: string;
  readonly text: string;
  readonly isAlert: boolean;
}

export interface CommandProps {
  readonly command: string;
  readonly description: string;
}

/** Everything that changes by itself; one SSE frame carries all of it. */
export interface LiveProps {
  readonly botName: string;
  readonly status: string;
  readonly people: readonly PersonProps[];
  readonly hiddenPeople: number;
  readonly current: PersonProps | null;
  readonly messages: readonly MessageProps[];
  readonly notice: NoticeProps | null;
  readonly commands: readonly CommandProps[];
  readonly replyKeyboard: readonly (readonly string[])[];
}

export interface PageProps extends LiveProps {
  readonly botInitials: string;
  readonly apiRoot: string;
  /** Shown when a text is to be copied without JavaScript. */
  readonly copyText: string | null;
  readonly error: string | null;
}
