import type { Overview } from '../models/overview.ts';
import type { Shell } from '../models.ts';
import { Layout } from '../shell.tsx';
import { PANEL_NAMES, PanelOf } from './live.tsx';

const GRID = PANEL_NAMES.filter((name) => !['badge', 'attention', 'headline'].includes(name));

/** Is anything wrong? First the list that says so, then five numbers, then the panels. */
export function OverviewPage({ shell, data }: { shell: Shell; data: Overview }) {
  return (
    <Layout shell={shell} title={shell.t('nav-overview')} class="overview">
      <PanelOf name="attention" setting={shell} data={data} />
      <PanelOf name="headline" setting={shell} data={data} />
      <div class="panels">
        {GRID.map((name) => (
          <PanelOf name={name} setting={shell} data={data} />
        ))}
      </div>
    </Layout>
  );
}
