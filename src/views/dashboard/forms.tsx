import type { Child } from 'hono/jsx';
import type { FormState, Shell } from './models.ts';

/** The id of the page's empty form; buttons in live panels belong to it, so that panels hold no one's token. */
export const ACT_FORM = 'act';

/** A real form: a POST with the token of the session and the way back. */
export function PostForm(props: { shell: Shell; action: string; class?: string; children: Child }) {
  return (
    <form method="post" action={props.action} class={props.class ?? 'form'}>
      <Hidden name="csrf" value={props.shell.csrf} />
      <Hidden name="back" value={props.shell.path} />
      {props.children}
    </form>
  );
}

export function Hidden({ name, value }: { name: string; value: string }) {
  return <input type="hidden" name={name} value={value} />;
}

/** Stands once on every page; see `ActButton`. */
export function ActForm({ shell }: { shell: Shell }) {
  return (
    <form id={ACT_FORM} method="post" action={shell.path} hidden>
      <Hidden name="csrf" value={shell.csrf} />
      <Hidden name="back" value={shell.path} />
    </form>
  );
}

/**
 * A button that posts at once to `action` and stays on its page: the answer (after its redirect) is a whole page, of
 * which the main part is taken. Hidden from viewers by the style sheet; the server refuses them anyway.
 */
export function ActButton({ action, label, children }: { action: string; label?: string; children: Child }) {
  return (
    <button
      type="submit"
      class="button small needs-operator"
      form={ACT_FORM}
      formaction={action}
      formmethod="post"
      aria-label={label}
      hx-post={action}
      hx-target="#main"
      hx-select="#main"
      hx-swap="outerMorph"
    >
      {children}
    </button>
  );
}

export interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly form: FormState;
  readonly type?: string;
  /** How wide it is in a row of fields. */
  readonly class?: 'short' | 'grow';
  readonly hint?: string;
  readonly autocomplete?: string;
  readonly inputmode?: 'numeric' | 'text';
  readonly required?: boolean;
  readonly autofocus?: boolean;
  readonly maxlength?: number;
  readonly placeholder?: string;
  readonly pattern?: string;
}

/** A labelled input with its hint and what was wrong with it. A password is never sent back. */
export function Field(props: FieldProps) {
  const { name, label, form, hint, type = 'text', class: width, ...rest } = props;
  const problem = form.problem?.field === name ? form.problem.text : null;
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ');
  return (
    <div class={width ? `field ${width}` : 'field'}>
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        value={type === 'password' ? undefined : (form.values[name] ?? '')}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={described || undefined}
        autocapitalize="off"
        spellcheck={false}
        {...rest}
      />
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="field-problem" id={`${name}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What was wrong with a form as a whole, or with a field it does not show. */
export function formProblem(form: FormState, fields: readonly string[]): FormState['problem'] {
  const { problem } = form;
  return problem && (problem.field === null || !fields.includes(problem.field)) ? problem : null;
}
