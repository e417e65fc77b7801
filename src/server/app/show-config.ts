import { type EffectiveSetting, effectiveSettings } from '../config/settings.ts';
import { variableGroups } from '../config/variables.ts';
import type { Environment } from '../config.ts';

/**
 * `adit config`: every variable, what it means, and what it is now. On a server there is no docs folder, and a secret
 * stays one here as well. Nothing is checked: `adit doctor` does that.
 */
export function renderConfig(environment: Environment): string {
  const titles = Object.keys(variableGroups);
  return effectiveSettings(environment)
    .map(({ rows }, index) => `${titles[index]}\n\n${rows.map(renderRow).join('\n')}`)
    .join('\n');
}

const renderRow = (setting: EffectiveSetting): string =>
  `  ${setting.name}${inForce(setting)}\n      ${setting.means}\n      default: ${setting.standard}\n`;

function inForce({ isStandard, secret, value }: EffectiveSetting): string {
  if (isStandard) return '';
  return secret ? ' = [secret]' : ` = ${value}`;
}
