import { expect, it } from 'vitest';
import { CommandFailed } from '../../src/platform/command-runner.js';
import type { Host } from '../support/namespaces.js';
import { changesSince, readKernel } from './kernel-state.js';

const TCP = String.raw`src 0.0.0.0/1 dst 192.0.2.200/32 proto tcp \\	dir in action block priority 9 ptype main \\`;
const UDP = TCP.replace('tcp', 'udp');

/** @param policies as `ip -o` prints them; undefined: the kernel has none. */
function hostWith(policies: string | undefined, rules = ''): Host {
  const exec = ([program, ...rest]: readonly string[]): Promise<string> => {
    if (!rest.includes('xfrm'))
      return Promise.resolve(program === 'ip' ? '[]' : program === 'nft' ? rules : '');
    return policies === undefined
      ? Promise.reject(new CommandFailed(['ip'], 2, 'Protocol not supported'))
      : Promise.resolve(policies);
  };
  return { exec } as unknown as Host;
}

it('a policy of xfrm that stays behind is a change, whatever order they are in', async () => {
  const [before, now] = [
    await readKernel(hostWith(`${UDP}\n`)),
    await readKernel(hostWith(`${TCP}\n${UDP}\n`)),
  ];
  expect(changesSince(before, now)).toEqual([
    '+ policy src 0.0.0.0/1 dst 192.0.2.200/32 proto tcp dir in action block priority 9 ptype main',
  ]);
  expect(changesSince(now, await readKernel(hostWith(`${UDP}\n${TCP}\n`)))).toEqual([]);
});

it('a kernel without such policies shows none', async () => {
  expect((await readKernel(hostWith(undefined))).policies).toBeNull();
});

it('a way to choose a slot that nothing leads to is no change, and any other chain is one', async () => {
  const table = (...chains: readonly string[]) => `table netdev homeward {\n${chains.join('\n')}}\n`;
  const chain = (name: string) => `\tchain ${name} {\n\t\tmeta mark set 1 map @slots\n\t}\n`;
  const before = await readKernel(hostWith('', table(chain('steer4'))));
  const ways = table(chain('steer4'), chain('maglev4-16'), chain('source-hash6-1'));
  expect(changesSince(before, await readKernel(hostWith('', ways)))).toEqual([]);
  const other = table(chain('steer4'), chain('other'));
  expect(changesSince(before, await readKernel(hostWith('', other)))).toEqual(['+ chain other {']);
});
