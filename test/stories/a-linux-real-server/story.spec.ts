/** What a person reads who sets a Linux host up without an agent. test/nodes/setup-scripts.spec.ts runs it. */
import { describe, expect, it } from 'vitest';
import { linuxSteps } from '../../../src/setup/linux/linux-steps.js';
import { readableShell, readableShellStep } from '../../../src/setup/linux/readable-shell.js';
import { SETUP_PARTS } from '../../../src/setup/setup-part.js';

const VIP = { address: '192.0.2.200' };
const VIP6 = { address: '2001:db8::200' };

describe('a Linux real server without an agent', () => {
  it.each(SETUP_PARTS)('gets a script to read: %s', async (part) => {
    await expect(readableShell(VIP, part)).toMatchFileSnapshot(`${part}.sh`);
    await expect(readableShell(VIP6, part)).toMatchFileSnapshot(`${part}-ipv6.sh`);
  });

  it('has a step for everything that must be so', async () => {
    for (const vip of [VIP, VIP6]) {
      for (const step of linuxSteps(vip)) {
        const text = SETUP_PARTS.map((part) => `${part}:\n${readableShellStep(step, part)}\n`).join('\n');
        const family = vip === VIP6 ? '-ipv6' : '';
        await expect(text).toMatchFileSnapshot(`steps/${step.name}${family}.txt`);
      }
    }
  });
});
