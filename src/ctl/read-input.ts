/** Reads the file that somebody names, or standard input where it is `-`. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error.js';

/** A body as the API takes it: it reads YAML and JSON itself, and tells places in what was sent. */
export interface Input {
  readonly type: 'application/json' | 'application/yaml';
  readonly text: string;
}

export async function readInput(path: string): Promise<Input> {
  const content = path === '-' ? await text(process.stdin) : await contentOf(path);
  return { type: isJson(content) ? 'application/json' : 'application/yaml', text: content };
}

/** A configuration is an object, and in YAML nobody begins one with a brace but to write JSON. */
function isJson(content: string): boolean {
  return content.trimStart().startsWith('{');
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
