import { assertNever } from '../../../core/errors.ts';
import type { TrialOutcome } from '../../../core/ports/desk.ts';
import type { Page } from '../page.ts';
import { homeScreen, newcomerScreen, outsideScreen, preparingScreen } from '../screens/home.ts';
import type { Answer, Turn } from '../turn.ts';

/** /start takes the trial at once and greets; /trial and its button do the same without the greeting. */
export async function answerTrial(turn: Turn, style: 'greet' | 'plain'): Promise<Answer> {
  const outcome = await turn.desk.startTrial(turn.visit);
  return trialAnswer(turn, outcome, style);
}

async function trialAnswer(turn: Turn, outcome: TrialOutcome, style: 'greet' | 'plain'): Promise<Answer> {
  if (outcome.kind === 'repeat') return null;
  const page = turn.page(outcome.language);
  switch (outcome.kind) {
    case 'issued': {
      const greetName = style === 'greet' ? turn.visit.profile.name : null;
      const screen = preparingScreen(page, outcome.issue.deviceName, greetName);
      return { screen, issue: outcome.issue.issueId, settled: true };
    }
    case 'already-active':
      return { screen: await home(turn, page), settled: true };
    case 'trial-used':
      // Who says /start asks how things stand; only who asks for the trial is told that it was one.
      if (style === 'greet') return { screen: await home(turn, page), settled: true };
      return { screen: outsideScreen(page, outcome.kind), settled: true };
    case 'trial-off':
    case 'account-paused':
      return { screen: outsideScreen(page, outcome.kind), settled: true };
    case 'pool-full':
      return { screen: newcomerScreen(page, 'pool-full'), settled: true };
    default:
      return assertNever(outcome);
  }
}

const home = async (turn: Turn, page: Page) =>
  homeScreen(page, await turn.desk.account(turn.visit.profile.id));

export async function answerHome(turn: Turn): Promise<Answer> {
  const account = await turn.desk.account(turn.visit.profile.id);
  const page = account ? turn.page(account.language) : await turn.knownPage();
  return { screen: homeScreen(page, account), settled: false };
}
