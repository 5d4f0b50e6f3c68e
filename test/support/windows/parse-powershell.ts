/**
 * Reads PowerShell with the grammar that Visual Studio Code uses, and finds what would not run on PowerShell 4: what
 * does not parse, syntax that came later, and commands or parameters that Windows Server 2012 R2 does not have.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { Node } from '@vscode/tree-sitter-wasm';
import { nameProblems } from './powershell-names.js';
import { POWERSHELL_4_COMMANDS } from './powershell-4-commands.js';

/** Syntax of later versions, as the grammar names it. */
const LATER_SYNTAX: ReadonlySet<string> = new Set([
  'pipeline_chain_tail',
  'class_statement',
  'enum_statement',
  'ternary_expression',
  'null_coalescing_expression',
  'using_statement',
]);

export type PowerShellReader = (text: string) => readonly string[];

/** Resolves to what tells the problems of a script; none is an empty list. */
export async function powerShellReader(): Promise<PowerShellReader> {
  await treeSitter.Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    '@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm',
  );
  const parser = new treeSitter.Parser();
  parser.setLanguage(await treeSitter.Language.load(await readFile(grammar)));
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
  const known = POWERSHELL_4_COMMANDS[name];
  if (known === undefined) return [`is no command of Windows Server 2012 R2, ${place}`];
  const elements = command.childForFieldName('command_elements')?.children ?? [];
  const given = elements.filter((each) => each?.type === 'command_parameter').map((each) => each?.text ?? '');
  const unknown = given.filter((each) => /^-[A-Z]/.test(each) && !known.includes(each.replace(/:$/, '')));
  return unknown.map((each) => `${name} has no ${each} in Windows Server 2012 R2, ${place}`);
}
