import { number } from '../format.ts';
import { Table } from '../lists.tsx';
import type { PlansModel } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { Empty } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Foreign } from '../text.tsx';

export function PlansPage({ shell, model }: { shell: Shell; model: PlansModel }) {
  const { t, language } = shell;
  return (
    <Layout shell={shell} title={t('nav-plans')}>
      <p class="muted about">{t('plans-about')}</p>
      {model.plans.length === 0 ? (
        <Empty title={t('plans-empty')}>{t('plans-empty-do')}</Empty>
      ) : (
        <Table
          label={t('nav-plans')}
          head={
            <>
              <th scope="col">{t('col-plan')}</th>
              <th scope="col" class="w-num number">
                {t('col-days')}
              </th>
              <th scope="col" class="w-num number">
                {t('col-devices')}
              </th>
              <th scope="col" class="w-num number">
                {t('nav-accounts')}
              </th>
              <th scope="col" class="hide-s">
                {t('col-set-by')}
              </th>
            </>
          }
        >
          {model.plans.map((plan) => (
            <tr>
              <th scope="row">
                <Foreign text={plan.name} />
              </th>
              <td class="number" data-label={t('col-days')}>
                {number(language, plan.days)}
              </td>
              <td class="number" data-label={t('col-devices')}>
                {number(language, plan.devices)}
              </td>
              <td class="number" data-label={t('nav-accounts')}>
                {number(language, plan.accounts)}
              </td>
              <td class="hide-s">
                {plan.setBy ? (
                  <a href={`${paths.settings}#${plan.setBy}`}>
                    <code>{plan.setBy}</code>
                  </a>
                ) : (
                  t('set-by-database')
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Layout>
  );
}
