import { Field, formProblem, PostForm } from '../forms.tsx';
import type { FormState, Shell } from '../models.ts';
import { ProblemBox } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout } from '../shell.tsx';

/** Another password for oneself. */
export function PasswordPage({ shell, form }: { shell: Shell; form: FormState }) {
  const { t } = shell;
  const next = { form, type: 'password', autocomplete: 'new-password', required: true, maxlength: 200 };
  return (
    <Layout shell={shell} title={t('password-change')}>
      <section class="card">
        <p class="muted">{t('password-change-about')}</p>
        <ProblemBox problem={formProblem(form, ['current', 'password', 'again'])} />
        <PostForm shell={shell} action={paths.password}>
          <Field
            name="current"
            label={t('password-current')}
            form={form}
            type="password"
            autocomplete="current-password"
            required={true}
            maxlength={200}
          />
          <Field name="password" label={t('password-new')} hint={t('password-hint')} {...next} />
          <Field name="again" label={t('password-again')} {...next} />
          <button type="submit" class="button primary">
            {t('password-change')}
          </button>
        </PostForm>
      </section>
    </Layout>
  );
}
