/**
 * Asks a segment who has an address, by ARP or by neighbour solicitation, and tells which Ethernet addresses answered.
 * The director asks in the name of its own address on that segment: it may hold the VIP itself, and whoever asks for a
 * VIP in the VIP's own name announces it, and gets no answer from a host that holds it too.
 * The exit codes are as measured with iputils 20221126 and ndisc6 1.0.5; arping's does not even tell several answers
 * from none.
 */
import { isIPv6 } from 'node:net';
import { CommandFailed, type CommandRunner } from '../../platform/command-runner.js';
import type { SegmentPlace } from '../network/segments.js';

/**
 * Everybody who answers within about two seconds, the question being sent twice: one frame may get lost. The first
 * answer alone would tell nothing of a host that answers by two network cards, nor of somebody who is slower.
 */
export function whoAnswers(
  commands: CommandRunner,
  address: string,
  { device, address: source }: SegmentPlace,
): Promise<readonly string[]> {
  return isIPv6(address)
    ? askNeighbours(commands, ['-m', '-r', '2', '-w', '1000', '-s', source, address, device])
    : askArp(commands, ['-b', '-c', '2', '-I', device, '-s', source, address]);
}

/** 1: the number of answers is not that of the questions. 2: nothing could be asked. */
async function askArp(commands: CommandRunner, options: readonly string[]): Promise<readonly string[]> {
  return ethernetAddresses(await commands.run(['arping', ...options], { exitCodes: [0, 1] }));
}

/** 2: nobody answered. 1: nothing could be asked. */
async function askNeighbours(
  commands: CommandRunner,
  options: readonly string[],
): Promise<readonly string[]> {
  try {
    return ethernetAddresses(await commands.run(['ndisc6', '-n', '-q', ...options], { exitCodes: [0, 2] }));
  } catch (error) {
    if (!(error instanceof CommandFailed) || !error.stderr.includes('ENOENT')) throw error;
    throw new Error('The program ndisc6 is missing. Install the package ndisc6', { cause: error });
  }
}

/** arping puts them into brackets, ndisc6 prints one a line; both in capitals. */
function ethernetAddresses(text: string): readonly string[] {
  const found = text.match(/(?<![0-9A-F:])(?:[0-9A-F]{2}:){5}[0-9A-F]{2}(?![0-9A-F:])/gi) ?? [];
  return [...new Set(found.map((each) => each.toLowerCase()))].sort();
}
