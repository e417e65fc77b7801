import { type Button, SYSTEMS, type System } from '../../../core/bot-buttons.ts';
import { LANGUAGES, type Language } from '../../../core/ports/words.ts';
import type { Protocol } from '../../../core/protocol.ts';
import { button, type Page, type Screen } from '../page.ts';

export function helpScreen(page: Page, protocols: readonly Protocol[]): Screen {
  const vless = button(page, 'button-help-vless', { kind: 'help-vless' });
  const both = protocols.includes('vless');
  return {
    html: page.voice.html(both ? 'help-title-both' : 'help-title'),
    buttons: [
      ...systemRows(page),
      ...(both ? [[vless]] : []),
      [button(page, 'button-home', { kind: 'home' })],
    ],
  };
}

export function stepsScreen(page: Page, system: System): Screen {
  return {
    html: page.voice.html('help-steps', { system }),
    buttons: [
      [button(page, 'button-status', { kind: 'status' }), button(page, 'button-back', { kind: 'help' })],
    ],
  };
}

/** Clients of VLESS are many; a few that are known to work are named. */
export function helpVlessScreen(page: Page): Screen {
  return {
    html: page.voice.html('help-vless'),
    buttons: [
      [button(page, 'button-status', { kind: 'status' }), button(page, 'button-back', { kind: 'help' })],
    ],
  };
}

function systemRows(page: Page): Button[][] {
  const buttons = SYSTEMS.map((system) =>
    button(page, 'button-system', { kind: 'steps', system }, { system }),
  );
  return [buttons.slice(0, 2), buttons.slice(2)];
}

/** Each language is named in itself; `pageIn` makes the same page in another language. */
export function languageScreen(page: Page, pageIn: (language: Language) => Page): Screen {
  const choices = LANGUAGES.map((language) =>
    button(pageIn(language), 'button-this-language', { kind: 'language', language }),
  );
  return {
    html: page.voice.html('language-title'),
    buttons: [choices, [button(page, 'button-home', { kind: 'home' })]],
  };
}
