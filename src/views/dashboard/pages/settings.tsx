import { visible } from '../hidden-characters.ts';
import { Th } from '../lists.tsx';
import { sayOr } from '../maybe-words.ts';
import type { SettingRow, SettingsModel } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { Layout } from '../shell.tsx';
import { Foreign } from '../text.tsx';

/** What this process runs with. Secrets show only that they are set. */
export function SettingsPage({ shell, model }: { shell: Shell; model: SettingsModel }) {
  const { t } = shell;
  return (
    <Layout shell={shell} title={t('nav-settings')}>
      <p class="muted about">{t('settings-about')}</p>
      {model.groups.map((group) => (
        <section>
          <h2>{sayOr(t, `settings-${group.name}`, visible(group.name))}</h2>
          <table class="table settings">
            <caption class="unseen">{visible(group.name)}</caption>
            <thead>
              <tr>
                <Th class="w-setting" text={t('col-variable')} />
                <Th text={t('col-value')} />
                <Th text={t('col-meaning')} />
              </tr>
            </thead>
            <tbody>
              {group.rows.map((row) => (
                <SettingLine shell={shell} row={row} />
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </Layout>
  );
}

function SettingLine({ shell, row }: { shell: Shell; row: SettingRow }) {
  const { t } = shell;
  return (
    <tr id={encodeURIComponent(row.name)}>
      <th scope="row">
        <code>{visible(row.name)}</code>
      </th>
      <td>
        <SettingValue shell={shell} row={row} /> {row.isStandard && <span class="tag">{t('standard')}</span>}
      </td>
      <td class="wrap below">
        <span lang="en">
          <Foreign text={row.means} whole={true} />
        </span>
      </td>
    </tr>
  );
}

function SettingValue({ shell, row }: { shell: Shell; row: SettingRow }) {
  const { t } = shell;
  if (row.secret) return <span class="muted">{row.isStandard ? t('unset') : t('hidden')}</span>;
  if (row.value === null) return <span class="muted">{t('unset')}</span>;
  return (
    <code>
      <Foreign text={row.value} whole={true} />
    </code>
  );
}
