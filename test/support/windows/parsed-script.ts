/** Scripts of PowerShell as trees. To load the grammar takes seconds, so that a process that needs few is given them. */
import { plainTree, powerShellParser, type Tree } from './powershell/tree.js';

const parser = await powerShellParser();
const trees = new Map<string, Tree>();

export function parsedScript(text: string): Tree {
  const known = trees.get(text);
  if (known !== undefined) return known;
  const root = parser.parse(text)?.rootNode;
  if (root === undefined || root.hasError) throw new Error('it does not parse');
  const tree = plainTree(root);
  trees.set(text, tree);
  return tree;
}
