import type { System } from '../../../core/bot-buttons.ts';
import type { Language } from '../../../core/ports/words.ts';
import { helpScreen, helpVlessScreen, languageScreen, stepsScreen } from '../screens/guide.ts';
import { homeScreen } from '../screens/home.ts';
import type { Answer, Turn } from '../turn.ts';

export async function answerHelp(turn: Turn): Promise<Answer> {
  return { screen: helpScreen(await turn.knownPage(), turn.desk.protocols), settled: false };
}

export async function answerHelpVless(turn: Turn): Promise<Answer> {
  return { screen: helpVlessScreen(await turn.knownPage()), settled: false };
}

export async function answerSteps(turn: Turn, system: System): Promise<Answer> {
  return { screen: stepsScreen(await turn.knownPage(), system), settled: false };
}

export async function answerLanguages(turn: Turn): Promise<Answer> {
  const page = await turn.knownPage();
  return { screen: languageScreen(page, turn.pageIn), settled: false };
}

export async function answerLanguage(turn: Turn, language: Language): Promise<Answer> {
  const outcome = await turn.desk.chooseLanguage(turn.visit, language);
  if (outcome.kind === 'repeat') return null;
  const page = turn.page(language);
  return { screen: homeScreen(page, await turn.desk.account(turn.visit.profile.id)), settled: true };
}
