import { type VariableName, variableGroups, variables } from './variables.ts';

/** One variable as it is in force, for the dashboard. */
export interface EffectiveSetting {
  readonly name: string;
  /** Null: unset, or hidden. */
  readonly value: string | null;
  readonly secret: boolean;
  /** Nothing was given: the standard is in force. */
  readonly isStandard: boolean;
  readonly standard: string;
  readonly means: string;
}

export interface SettingGroup {
  /** Key `settings-<name>` of the dashboard's words. */
  readonly name: string;
  readonly rows: readonly EffectiveSetting[];
}

/** Everything that can be set and what it is, in the order of the reference; a secret's value is not in it. */
export function effectiveSettings(
  environment: Readonly<Record<string, string | undefined>>,
): readonly SettingGroup[] {
  return Object.entries(variableGroups).map(([name, group]) => ({
    name: WORDS[name] ?? name.toLowerCase(),
    rows: Object.keys(group).map((each) => effective(each as VariableName, environment)),
  }));
}

const WORDS: Readonly<Record<string, string>> = { 'Xray and VLESS': 'xray', Reconciling: 'reconcile' };

function effective(
  name: VariableName,
  environment: Readonly<Record<string, string | undefined>>,
): EffectiveSetting {
  const { secret, standard, means } = variables[name];
  const given = environment[name]?.trim() || null;
  // Name and password inside an address are nobody's business either.
  const shown = given?.replace(/\/\/[^/@\s]*@/, '//[secret]@') ?? null;
  return { name, value: secret ? null : shown, secret, isStandard: given === null, standard, means };
}
