/** How a doctor says one thing that it found, to people who sit at the host. Pure. */
import { someOf } from './some-of.js';

export interface ToldFinding {
  readonly title: string;
  readonly code: string;
  readonly severity: string;
  /** What it is about; empty where it is the whole host. */
  readonly concerns: readonly string[];
  readonly seen: string;
  readonly why: string;
  /** What to do, and the commands for it. */
  readonly words: string;
  readonly commands: readonly string[];
}

export function findingText(finding: ToldFinding, place: number): string {
  const { title, code, severity, concerns, seen, why, words, commands } = finding;
  return [
    `${place}. ${title}  [${code}, ${severity}]`,
    ...(concerns.length === 0 ? [] : [`   concerns: ${someOf(concerns)}`]),
    `   seen: ${seen}`,
    `   why:  ${why}`,
    `   do:   ${words}`,
    ...commands.map((command) => `         ${command}`),
  ].join('\n');
}
