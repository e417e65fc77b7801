import type { Log } from '../../../core/ports/log.ts';
import type { Language } from '../../../core/ports/words.ts';
import { eventBytes } from './event-text.ts';

/** What a page looks at: some panels in one language. All viewers of a channel get the very same bytes. */
export interface Channel {
  readonly key: string;
  readonly panels: readonly string[];
  readonly language: Language;
}

export interface PanelSource {
  /** Every panel there is. */
  readonly names: readonly string[];
  /** One panel as markup that puts itself in its place; nothing in it is of one person. */
  draw(name: string, language: Language): string;
}

/** The panels asked for, each once and in the order of the source; unknown names are left out. */
export function channelOf(source: PanelSource, asked: readonly string[], language: Language): Channel {
  const panels = source.names.filter((name) => asked.includes(name));
  return { key: `${language} ${panels.join(' ')}`, panels, language };
}

/** The drawn panels of one moment. Each is drawn at most once a moment, however many look at it. */
export interface Drawings {
  /** A new moment: what is drawn from now on is of it. */
  renew(): void;
  /** Everything the channel shows, for somebody new. */
  snapshot(channel: Channel, retryMs: number): Uint8Array;
  /** What differs since this channel was last asked; null: nothing. */
  changes(channel: Channel): Uint8Array | null;
  /** A channel nobody looks at is forgotten. */
  forget(channel: Channel): void;
}

interface Drawing {
  readonly html: string;
  /** The moment it last changed in. */
  readonly changedIn: number;
  readonly drawnIn: number;
}

export interface DrawingsDeps {
  /** Tells this run of the program from others. */
  readonly run: string;
  readonly log: Log;
}

export function createDrawings(source: PanelSource, { run, log }: DrawingsDeps): Drawings {
  const drawn = new Map<string, Drawing>();
  const told = new Map<string, number>();
  let moment = 0;

  function drawing(name: string, language: Language): Drawing {
    const key = `${language} ${name}`;
    const old = drawn.get(key);
    if (old?.drawnIn === moment) return old;
    const html = draw(name, language) ?? old?.html ?? '';
    const changedIn = old?.html === html ? old.changedIn : moment;
    const fresh = { html, changedIn, drawnIn: moment };
    drawn.set(key, fresh);
    return fresh;
  }

  /** A panel that cannot be drawn stays as it was: the others go on. */
  function draw(name: string, language: Language): string | null {
    try {
      return source.draw(name, language);
    } catch (error) {
      log.error({ panel: name, error }, 'a panel could not be drawn');
      return null;
    }
  }

  const id = () => `${run}-${moment}`;

  return {
    renew() {
      moment += 1;
    },
    snapshot({ panels, language }, retryMs) {
      const data = panels.map((name) => drawing(name, language).html).join('');
      return eventBytes({ id: id(), data, retryMs });
    },
    changes({ key, panels, language }) {
      const last = told.get(key) ?? moment - 1;
      told.set(key, moment);
      const changed = panels.map((name) => drawing(name, language)).filter((each) => each.changedIn > last);
      if (changed.length === 0) return null;
      return eventBytes({ id: id(), data: changed.map((each) => each.html).join('') });
    },
    forget: ({ key }) => void told.delete(key),
  };
}
