import { Field, formProblem, PostForm } from '../forms.tsx';
import type { FormState, Shell } from '../models.ts';
import { ProblemBox } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout } from '../shell.tsx';

/** Another password for oneself. */
export function PasswordPage({ shell, form }: { shell: Shell; form: FormState }) {
  const { t } = shell;
  const secret = { form, type: 'password', required: true, maxlength: 200 } as const;
  return (
    <Layout shell={shell} title={t('password-change')}>
      <section class="card">
        <p class="muted">{t('password-change-about')}</p>
        <ProblemBox problem={formProblem(form, ['current', 'password', 'again'])} />
        <PostForm shell={shell} action={paths.password}>
          <Field name="current" label={t('password-current')} autocomplete="current-password" {...secret} />
          <Field
            name="password"
            label={t('password-new')}
            hint={t('password-hint')}
            autocomplete="new-password"
            {...secret}
          />
          <Field name="again" label={t('password-again')} autocomplete="new-password" {...secret} />
          <button type="submit" class="button primary">
            {t('password-change')}
          </button>
        </PostForm>
      </section>
    </Layout>
  );
}
