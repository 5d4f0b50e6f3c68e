/** What the user of the lab sees while it runs. It prints what was measured and nothing that was only meant. */
const WIDTH = 92;
const coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
const bold = paint(1);
const faint = paint(2);
const red = paint(31);
const green = paint(32);

export const progress = {
  title(text: string): void {
    print(`\n${bold(text)}`);
  },
  step(number: number, text: string): void {
    print(`\n${bold(`${number}  ${text}`)}`);
  },
  /** Something that was seen, with its measure at the right. */
  seen(text: string, measure = ''): void {
    const right = measure === '' ? '' : ` ${faint(measure)}`;
    print(`   ${green('✓')} ${right === '' ? text : text.padEnd(WIDTH - measure.length)}${right}`);
  },
  failed(text: string): void {
    print(`   ${red('✗')} ${text}`);
  },
  plain(lines: readonly string[]): void {
    for (const line of lines) print(`   ${line}`.trimEnd());
  },
};

export function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}

export function milliseconds(sinceMs: number): string {
  return `${Math.round(performance.now() - sinceMs)} ms`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** `33,711,140` */
export function grouped(count: number): string {
  return count.toLocaleString('en');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
