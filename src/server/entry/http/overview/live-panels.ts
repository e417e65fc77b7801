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
  /** Where the stream of these panels is. */
  address(panels: readonly string[]): string;
}

/** The panels of the overview for everybody who looks, drawn from the vitals. */
export function createLivePanels(vitals: VitalsView, words: Words): LivePanels {
  let made: { readonly of: Vitals; readonly data: Overview } | null = null;

  function overview(): Overview {
    const of = vitals.latest();
    if (made?.of !== of) made = { of, data: overviewOf(vitals) };
    return made.data;
  }

  return {
    names: PANEL_NAMES,
    draw(name, language: Language) {
      const t = (key: string, values?: Readonly<Record<string, string | number>>) =>
        words.say(language, key, values);
      const setting = { language, t, now: vitals.latest().at };
      return panelFrame(name as PanelName, setting, overview());
    },
    overview,
    address: (panels) => withQuery(paths.live, { panels: panels.join(' ') }),
  };
}
