import type { Overview } from '../models/overview.ts';
import type { Shell } from '../models.ts';
import { Layout } from '../shell.tsx';
import { type PanelName, PanelOf } from './live.tsx';

/** Is anything wrong? First the list that says so, then five numbers, then the panels. */
export function OverviewPage({ shell, data }: { shell: Shell; data: Overview }) {
  const panels = (...names: readonly PanelName[]) =>
    names.map((name) => <PanelOf name={name} setting={shell} data={data} />);
  return (
    <Layout shell={shell} title={shell.t('nav-overview')} class="overview" moves={true}>
      {panels('attention', 'headline')}
      <div class="panels vitals">{panels('database', 'pools', 'loop')}</div>
      <div class="panels works">
        <div class="stack">{panels('jobs', 'calls')}</div>
        <div class="stack short">{panels('bot', 'events')}</div>
      </div>
    </Layout>
  );
}
