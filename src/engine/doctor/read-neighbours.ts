/** Real servers that the kernel has looked for on their segment without an answer. Those that it never asked for are well. */
import type { CommandRunner } from '../../platform/command-runner.js';

interface Neighbour {
  readonly dst: string;
  readonly state: readonly string[];
}

const UNANSWERED: ReadonlySet<string> = new Set(['FAILED', 'INCOMPLETE']);

export async function readNeighbours(
  commands: CommandRunner,
  servers: readonly string[],
): Promise<readonly string[]> {
  return unansweredIn(await commands.run(['ip', '-json', 'neighbour', 'show']), servers);
}

/** Pure. */
export function unansweredIn(json: string, servers: readonly string[]): readonly string[] {
  const listed = JSON.parse(json === '' ? '[]' : json) as readonly Neighbour[];
  const failed = listed.filter(({ state }) => state.some((each) => UNANSWERED.has(each)));
  const addresses = new Set(failed.map(({ dst }) => dst));
  return servers.filter((address) => addresses.has(address));
}
