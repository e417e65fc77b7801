import type { HistorySpan } from '../../../../views/dashboard/models/overview.ts';
import { OverviewPage } from '../../../../views/dashboard/overview/page.tsx';
import { HistoryPage } from '../../../../views/dashboard/pages/history.tsx';
import { paths } from '../../../../views/dashboard/paths.ts';
import { AppError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { VitalsView } from '../../../core/ports/vitals.ts';
import { page } from '../answers.ts';
import { readCookies } from '../cookies.ts';
import type { Route } from '../routes.ts';
import { languageOf } from '../shell.ts';
import { HISTORIES, historyOf, isHistoryName, spanOf } from './history-model.ts';
import type { LivePanels } from './live-panels.ts';

export interface OverviewRoutesDeps {
  readonly vitals: VitalsView;
  readonly panels: LivePanels;
  readonly clock: Clock;
}

/**
 * The overview and the past of its numbers. Both are made from memory: they are there while the database is not, and say
 * so.
 */
export function overviewRoutes({ vitals, panels, clock }: OverviewRoutesDeps): readonly Route[] {
  const model = (series: string, span: HistorySpan) => {
    if (!isHistoryName(series)) throw new AppError('not_found', 'There is no such history.');
    return historyOf(vitals, series, span, clock.now().getTime());
  };
  return [
    {
      method: 'GET',
      path: paths.overview,
      role: 'viewer',
      kind: 'page',
      fromMemory: true,
      async handle(context) {
        const shell = { ...(await context.shell()), live: panels.address(panels.names) };
        return page(String(OverviewPage({ shell, data: panels.overview() })));
      },
    },
    {
      // The panels once, for a page that cannot keep a stream open and asks now and then.
      method: 'GET',
      path: '/overview/panels',
      role: 'viewer',
      kind: 'page',
      fromMemory: true,
      async handle({ query, request: { headers } }) {
        const asked = (query.get('panels') ?? '').split(/[ ,]/);
        return page(panels.fragment(asked, languageOf(readCookies(headers), headers)));
      },
    },
    {
      method: 'GET',
      path: '/history/:series',
      role: 'viewer',
      kind: 'page',
      fromMemory: true,
      async handle({ params, query, shell }) {
        const history = model(params.series ?? '', spanOf(query.get('span')));
        return page(String(HistoryPage({ shell: await shell(), model: history })));
      },
    },
    ...HISTORIES.map(
      (series): Route => ({
        method: 'GET',
        path: `/overview/series/${series}.json`,
        role: 'viewer',
        kind: 'page',
        fromMemory: true,
        handle: async ({ query }) => Response.json(model(series, spanOf(query.get('span')))),
      }),
    ),
  ];
}
