/**
 * Reads PowerShell with the grammar that Visual Studio Code uses, and finds what would not run on PowerShell 4: what
 * does not parse, syntax that came later, and commands, parameters or combinations of them that Windows Server 2012 R2
 * does not have.
 */
import type { Node } from '@vscode/tree-sitter-wasm';
import { powerShellParser } from './powershell/tree.js';
import { nameProblems } from './powershell-names.js';
import { parseSyntax, syntaxProblem, type Call, type CallElement } from './command-syntax.js';
import { COMMON_PARAMETERS, POWERSHELL_4_COMMANDS } from './powershell-4-commands.js';

/** Syntax of later versions, as the grammar names it. */
const LATER_SYNTAX: ReadonlySet<string> = new Set([
  'pipeline_chain_tail',
  'class_statement',
  'enum_statement',
  'ternary_expression',
  'null_coalescing_expression',
  'using_statement',
]);

const COMMON = parseSyntax(COMMON_PARAMETERS);

export type PowerShellReader = (text: string) => readonly string[];

/** Resolves to what tells the problems of a script; none is an empty list. */
export async function powerShellReader(): Promise<PowerShellReader> {
  const parser = await powerShellParser();
  return (text) => {
    const root = parser.parse(text)?.rootNode;
    if (root === undefined) return ['it cannot be read at all'];
    const nodes = [...walk(root)];
    const own = new Set(nodes.filter(({ type }) => type === 'function_name').map((node) => node.text));
    const found = [...nodes.flatMap((node) => problemsAt(node, own)), ...nameProblems(root)];
    return root.hasError && found.length === 0 ? ['does not parse'] : found;
  };
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) if (child !== null) yield* walk(child);
}

function problemsAt(node: Node, own: ReadonlySet<string>): string[] {
  const place = `line ${node.startPosition.row + 1}: ${node.text.split('\n', 1)[0]}`;
  if (node.isError || node.isMissing) return [`does not parse, ${place}`];
  if (LATER_SYNTAX.has(node.type)) return [`is newer than PowerShell 4, ${place}`];
  return node.type === 'command' ? commandProblems(node, own, place) : [];
}

function commandProblems(command: Node, own: ReadonlySet<string>, place: string): string[] {
  const name = /^[\w-]*/.exec(command.text)?.[0] ?? '';
  if (own.has(name)) return [];
  const sets = POWERSHELL_4_COMMANDS[name];
  if (sets === undefined) return [`is no command of Windows Server 2012 R2, ${place}`];
  const problem = syntaxProblem(callOf(command), sets, COMMON);
  return problem === undefined ? [] : [`${name} ${problem} in Windows Server 2012 R2, ${place}`];
}

function callOf(command: Node): Call {
  const children = command.childForFieldName('command_elements')?.children ?? [];
  const isColon = (at: number) => children[at]?.type === 'command_argument_sep' && children[at]?.text === ':';
  const elements = children.flatMap((each, at): CallElement[] => {
    if (each === null || each.type === 'command_argument_sep' || isColon(at - 1)) return [];
    const isName = each.type === 'command_parameter' && /^-[A-Z]/.test(each.text);
    const bound = isColon(at + 1) ? { bound: children[at + 2]?.text ?? '' } : {};
    return [{ kind: isName ? 'parameter' : 'argument', text: each.text, ...bound }];
  });
  const before = command.parent?.text.slice(0, command.startIndex - command.parent.startIndex) ?? '';
  return { elements, piped: before.trimEnd().endsWith('|') };
}
