import type { Overview } from '../../../../views/dashboard/models/overview.ts';
import { PANEL_NAMES, type PanelName, panelFrame } from '../../../../views/dashboard/overview/live.tsx';
import { paths, withQuery } from '../../../../views/dashboard/paths.ts';
import type { Vitals, VitalsView } from '../../../core/ports/vitals.ts';
import type { Language, Words } from '../../../core/ports/words.ts';
import type { PanelSource } from '../live/channels.ts';
import { overviewOf } from './overview-model.ts';

export interface LivePanels extends PanelSource {
  /** The overview as it stands: made once for each picture of the vitals. */
  overview(): Overview;
  /** Some panels as they would stand in a frame; drawn once for each picture of the vitals and language. */
  fragment(panels: readonly string[], language: Language): string;
  /** Where the stream of these panels is. */
  address(panels: readonly string[]): string;
}

/** The panels of the overview for everybody who looks, drawn from the vitals. */
export function createLivePanels(vitals: VitalsView, words: Words): LivePanels {
  let made: { readonly of: Vitals; readonly data: Overview } | null = null;
  const drawn = new Map<string, string>();

  function overview(): Overview {
    const of = vitals.latest();
    if (made?.of !== of) {
      made = { of, data: overviewOf(vitals) };
      drawn.clear();
    }
    return made.data;
  }

  function draw(name: string, language: Language): string {
    const data = overview();
    const key = `${language} ${name}`;
    const known = drawn.get(key);
    if (known !== undefined) return known;
    const t = (word: string, values?: Readonly<Record<string, string | number>>) =>
      words.say(language, word, values);
    const setting = { language, t, now: vitals.latest().at };
    const html = panelFrame(name as PanelName, setting, data);
    drawn.set(key, html);
    return html;
  }

  return {
    names: PANEL_NAMES,
    draw,
    overview,
    fragment: (panels, language) =>
      PANEL_NAMES.filter((name) => panels.includes(name))
        .map((name) => draw(name, language))
        .join(''),
    address: (panels) => withQuery(paths.live, { panels: panels.join(' ') }),
  };
}
