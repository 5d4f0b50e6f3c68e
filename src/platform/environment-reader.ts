/**
 * Reads settings one by one and collects what is wrong with them, so that an operator sees the whole list at once.
 * An empty value counts as absent: that is what Compose hands over for `${NAME:-}`.
 * It never puts a value into a problem, for the value may be a secret.
 */
import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Carries every problem that was found, not only the first. */
export class EnvironmentUnusable extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['Homeward cannot run with these settings:', ...problems.map((text) => `  - ${text}`)].join('\n'));
    this.name = 'EnvironmentUnusable';
  }
}

export class EnvironmentReader {
  readonly #problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  text(name: string): string | undefined {
    return this.environment[name]?.trim() || undefined;
  }

  /** A secret stands in `NAME` itself or in the file that `NAME_FILE` names, as Compose and systemd mount it. */
  secret(name: string): string | undefined {
    const file = this.text(`${name}_FILE`);
    if (file === undefined) return this.text(name);
    if (this.text(name) !== undefined) return this.refuse(`${name} and ${name}_FILE are both set; keep one`);
    return this.#contentOf(`${name}_FILE`, file);
  }

  choice<T extends string>(name: string, choices: readonly T[], otherwise: T): T {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const chosen = choices.find((choice) => choice === text);
    if (chosen === undefined) this.refuse(`${name} must be one of ${choices.join(', ')}`);
    return chosen ?? otherwise;
  }

  wholeNumber(name: string, [least, most]: readonly [number, number], otherwise: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    this.refuse(`${name} must be a whole number from ${least} to ${most}`);
    return otherwise;
  }

  url(name: string, protocols: readonly string[], text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
    return this.refuse(
      `${name} must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    );
  }

  refuse(problem: string): undefined {
    this.#problems.push(problem);
  }

  /** What was read, if nothing of it was refused. */
  accept<T>(settings: T): T {
    if (this.#problems.length > 0) throw new EnvironmentUnusable(this.#problems);
    return settings;
  }

  #contentOf(name: string, file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8').trim() || this.refuse(`${name} names an empty file`);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      return this.refuse(`${name} names a file that cannot be read (${code})`);
    }
  }
}
