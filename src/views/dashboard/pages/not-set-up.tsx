import { LanguageSwitch } from '../menu.tsx';
import type { Shell } from '../models.ts';
import { Narrow } from '../shell.tsx';

/** All there is while nobody owns the installation. It tells where the link stands, never the link. */
export function NotSetUpPage({ shell }: { shell: Shell }) {
  const { t } = shell;
  return (
    <Narrow shell={shell} title={t('not-set-up')}>
      <h1>{t('not-set-up')}</h1>
      <p>{t('not-set-up-about')}</p>
      <p class="muted">{t('not-set-up-do')}</p>
      <LanguageSwitch shell={shell} />
    </Narrow>
  );
}
