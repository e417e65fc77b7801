import { Field, formProblem, PostForm } from '../forms.tsx';
import type { FormState, Shell } from '../models.ts';
import { ProblemBox } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout, Narrow } from '../shell.tsx';
import { Code } from '../text.tsx';

/** Shown once, when the second factor is turned on. */
export function RecoveryCodesPage({ shell, codes }: { shell: Shell; codes: readonly string[] }) {
  const { t } = shell;
  return (
    <Narrow shell={shell} title={t('recovery-title')}>
      <h1>{t('recovery-title')}</h1>
      <p>{t('recovery-about')}</p>
      <ul class="recovery-codes">
        {codes.map((code) => (
          <li>
            <Code t={t} text={code} />
          </li>
        ))}
      </ul>
      <a class="button primary" href={paths.overview}>
        {t('recovery-kept')}
      </a>
    </Narrow>
  );
}

export function SecondFactorOffPage({ shell, form }: { shell: Shell; form: FormState }) {
  const { t } = shell;
  return (
    <Layout shell={shell} title={t('second-factor-off')}>
      <section class="card">
        <p>{t('second-factor-off-about')}</p>
        <ProblemBox problem={formProblem(form, ['code'])} />
        <PostForm shell={shell} action={paths.totpOff}>
          <Field
            name="code"
            label={t('totp-code')}
            form={form}
            autocomplete="one-time-code"
            required={true}
            maxlength={24}
          />
          <button type="submit" class="button danger solid">
            {t('second-factor-off-do')}
          </button>
        </PostForm>
      </section>
    </Layout>
  );
}
