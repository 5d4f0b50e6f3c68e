/** A script of PowerShell as a plain tree, read once: to ask the parser for every node again would take its time. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { Node, Parser } from '@vscode/tree-sitter-wasm';

export interface Tree {
  readonly type: string;
  readonly text: string;
  /** Without comments. */
  readonly children: readonly Tree[];
  readonly named: boolean;
  /** Where it begins in the script. */
  readonly start: number;
}

/** With the grammar that Visual Studio Code uses. */
export async function powerShellParser(): Promise<Parser> {
  await treeSitter.Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    '@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm',
  );
  const parser = new treeSitter.Parser();
  parser.setLanguage(await treeSitter.Language.load(await readFile(grammar)));
  return parser;
}

export function plainTree(node: Node): Tree {
  const children = node.children.filter((child) => child !== null && child.type !== 'comment');
  const [only, another] = children;
  // The grammar has a dozen of these around every value.
  if (only && !another && node.type.endsWith('_expression')) return plainTree(only);
  return {
    type: node.type,
    text: node.text,
    named: node.isNamed,
    start: node.startIndex,
    children: children.map((child) => plainTree(child as Node)),
  };
}

export function childOf(tree: Tree, type: string): Tree | undefined {
  return tree.children.find((child) => child.type === type);
}

export function namedIn(tree: Tree): readonly Tree[] {
  return tree.children.filter(({ named }) => named);
}
