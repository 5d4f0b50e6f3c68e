/**
 * What PowerShell itself would not mind and yet cannot be meant: a variable that nothing sets, which is simply empty, and
 * a function that is given fewer or more than it takes.
 */
import type { Node } from '@vscode/tree-sitter-wasm';

/** Set by PowerShell. */
const AUTOMATIC: ReadonlySet<string> = new Set([
  '$_',
  '$true',
  '$false',
  '$null',
  '$input',
  '$lastexitcode',
  '$matches',
  '$psversiontable',
]);
const ENVIRONMENT = /^\$env:/i;

export function nameProblems(root: Node): string[] {
  const functions = root.descendantsOfType('function_statement').filter((each) => each !== null);
  const common = setIn(root, (node) => !functions.some((each) => isWithin(node, each)));
  const outside = readsIn(root).filter((node) => !functions.some((each) => isWithin(node, each)));
  return [
    ...unset(outside, common),
    ...functions.flatMap((each) => unset(readsIn(each), new Set([...common, ...setIn(each)]))),
    ...wrongCalls(root, functions),
  ];
}

function unset(reads: readonly Node[], known: ReadonlySet<string>): string[] {
  return reads
    .filter((node) => !known.has(plain(node)) && !AUTOMATIC.has(plain(node)) && !ENVIRONMENT.test(node.text))
    .map((node) => `nothing sets ${node.text}, line ${node.startPosition.row + 1}`);
}

/** Names that an assignment, a loop or a parameter sets. */
function setIn(scope: Node, counts: (node: Node) => boolean = () => true): ReadonlySet<string> {
  const setters = scope
    .descendantsOfType(['left_assignment_expression', 'script_parameter', 'foreach_statement'])
    .filter((node) => node !== null && counts(node));
  return new Set(
    setters.flatMap((setter) => {
      const [first] = setter?.descendantsOfType('variable') ?? [];
      // `$a.b = 1` sets nothing that was not there.
      const whole = setter?.type !== 'left_assignment_expression' || first?.text === setter.text;
      return first !== undefined && first !== null && whole ? [plain(first)] : [];
    }),
  );
}

function readsIn(scope: Node): Node[] {
  return scope.descendantsOfType('variable').filter((node) => node !== null);
}

function wrongCalls(root: Node, functions: readonly Node[]): string[] {
  const takes = new Map(functions.map((each) => [nameOf(each), parametersOf(each)]));
  return root.descendantsOfType('command').flatMap((command) => {
    const name = /^[\w-]*/.exec(command?.text ?? '')?.[0] ?? '';
    const wanted = takes.get(name);
    const given = argumentsOf(command);
    if (wanted === undefined || wanted === given) return [];
    return [`${name} takes ${wanted} and is given ${given}, line ${(command?.startPosition.row ?? 0) + 1}`];
  });
}

function nameOf(each: Node): string {
  return each.descendantsOfType('function_name')[0]?.text ?? '';
}

function parametersOf(each: Node): number {
  const [declaration] = each.descendantsOfType('function_parameter_declaration');
  return declaration?.descendantsOfType('script_parameter').length ?? 0;
}

function argumentsOf(command: Node | null): number {
  const elements = command?.childForFieldName('command_elements')?.children ?? [];
  return elements.filter((each) => each !== null && each.type !== 'command_argument_sep').length;
}

function isWithin(node: Node, outer: Node): boolean {
  return node.startIndex >= outer.startIndex && node.endIndex <= outer.endIndex;
}

/** PowerShell minds neither case nor the word for where a script keeps its variables. */
function plain(node: Node): string {
  return node.text.toLowerCase().replace(/^\$script:/, '$');
}
