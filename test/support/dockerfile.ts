/**
 * Reads a Dockerfile into its stages and a .dockerignore into a question, as far as ours need it: no heredocs, no
 * variables, no parser directives. What it does not know it refuses, so that it cannot read past something.
 */

export interface Instruction {
  readonly word: string;
  readonly flags: Readonly<Record<string, string>>;
  /** The rest of the instruction, lines joined. */
  readonly text: string;
}

export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

const KNOWN = new Set('FROM WORKDIR COPY RUN ENV VOLUME USER EXPOSE HEALTHCHECK ENTRYPOINT CMD'.split(' '));

export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of logicalLines(text)) {
    const instruction = parseInstruction(line);
    if (instruction.word === 'FROM') stages.push(newStage(instruction.text));
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** All instructions of one kind in a stage, in order. */
export function textsOf(stage: Stage, word: string): string[] {
  return stage.instructions.filter((instruction) => instruction.word === word).map(({ text }) => text);
}

/** The argument array of an instruction in its JSON form, such as `CMD ["api"]`. */
export function execForm(text: string): string[] {
  const parsed: unknown = JSON.parse(text);
  if (Array.isArray(parsed) && parsed.every((word) => typeof word === 'string')) return parsed;
  throw new Error(`not in exec form: ${text}`);
}

/** Whether a path of the context is kept from the build; the last pattern that fits decides. */
export function dockerignore(text: string): (path: string) => boolean {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), fits: matcherOf(line.replace(/^!/, '')) }));
  return (path) => !(patterns.findLast(({ fits }) => fits(path))?.keeps ?? true);
}

function logicalLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  return lines
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function parseInstruction(line: string): Instruction {
  const [word = '', ...rest] = line.split(/\s+/);
  if (!KNOWN.has(word)) throw new Error(`not understood: ${line}`);
  const flags: Record<string, string> = {};
  while (word !== 'RUN' && rest[0]?.startsWith('--')) {
    const [name = '', value = ''] = (rest.shift() ?? '').slice(2).split('=');
    flags[name] = value;
  }
  return { word, flags, text: rest.join(' ') };
}

function newStage(text: string): Stage & { instructions: Instruction[] } {
  const [image = '', , name] = text.split(' ');
  return { image, name, instructions: [] };
}

/** A pattern fits a path and everything below it. */
function matcherOf(pattern: string): (path: string) => boolean {
  const parts = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').split('**/');
  const source = parts.map((part) => part.replaceAll('*', '[^/]*')).join('(?:.*/)?');
  const expression = new RegExp(`^${source}(?:/.*)?$`);
  return (path) => expression.test(path);
}
