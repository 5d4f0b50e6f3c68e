/** `homeward agent verify` on a real kernel: it changes nothing, and names the one thing that is wrong. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLab, vipDocument, VIP, VIP6 } from '../support/agent-lab.js';
import { INSTALLED_AGENT } from '../support/installed-agent.js';

let lab: AgentLab;

beforeEach(async () => {
  lab = await AgentLab.open('verify');
  await lab.startControlPlane();
});
afterEach(() => lab.close());

const sh = (command: string) => lab.realServer.exec(['sh', '-c', command]);

interface Shown {
  readonly lines: readonly string[];
  readonly wrong: readonly string[];
  readonly exitCode: number;
}

async function verify(): Promise<Shown> {
  const program = `${process.execPath} ${INSTALLED_AGENT} agent verify`;
  const env = `HOMEWARD_STATE_DIR=${lab.stateDir} HOMEWARD_SYSCTL_DIR=${lab.sysctlDir}`;
  const lines = (await sh(`${env} ${program}; echo $?`)).trim().split('\n');
  const wrong = lines.filter((line) => line.startsWith('WRONG')).map((line) => line.replace(/^WRONG +/, ''));
  return { lines: lines.slice(0, -1), wrong, exitCode: Number(lines.at(-1)) };
}

/** As long as an agent runs, it would repair what a test breaks. */
async function holdVips(): Promise<void> {
  const agent = lab.startAgent();
  await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
  await lab.stop(agent);
}

/** Each with what is wrong from then on. */
const CHANGES = [
  [
    'sysctl -q -w net.ipv4.conf.default.arp_announce=0',
    'net.ipv4.conf.default.arp_announce: wanted 2, found 0',
  ],
  ['sysctl -q -w net.ipv4.conf.eth0.arp_ignore=3', 'net.ipv4.conf.eth0.arp_ignore: wanted 1, found 3'],
  ['nft flush chain ip6 homeward output', 'nftables table ip6 homeward: wanted 3 rules, found 1 rules'],
  [`nft delete element arp homeward vips { ${VIP} }`, `guard of ${VIP}: wanted covered, found not covered`],
  ['nft delete table arp homeward', 'nftables table arp homeward: wanted 2 rules, found no table'],
  [`ip address del ${VIP6}/128 dev lo`, `VIP ${VIP6}: wanted on loopback as /128, found nowhere`],
  [
    `ip address add ${VIP}/24 dev eth0`,
    `VIP ${VIP}: wanted on loopback as /32, found on lo as /32 and on eth0 as /24`,
  ],
] as const;

describe('homeward agent verify', () => {
  it('says so where the host shall hold nothing', async () => {
    expect(await verify()).toEqual({ lines: ['This host shall hold no VIP.'], wrong: [], exitCode: 0 });
  });

  it('shows every setting as wanted and as found, and what is wrong', async () => {
    await holdVips();
    const { lines, ...rest } = await verify();
    expect(rest).toEqual({ wrong: [], exitCode: 0 });
    const things = lines.map((line) => /^ok {5}(.*): wanted (.*), found \2$/.exec(line)?.[1]);
    expect(things).toEqual([
      ...['all', 'default', 'eth0'].flatMap((name) =>
        ['arp_ignore', 'arp_announce'].map((key) => `net.ipv4.conf.${name}.${key}`),
      ),
      `arp_ignore and arp_announce in ${lab.sysctlDir}/99-zz-homeward-agent.conf`,
      'nftables table arp homeward',
      'nftables table ip6 homeward',
      `guard of ${VIP}`,
      `guard of ${VIP6}`,
      `VIP ${VIP}`,
      `VIP ${VIP6}`,
    ]);
  });

  it('sees that 100 VIPs of each family are covered, and the one that is not', async () => {
    const agent = lab.startAgent();
    const vips = Array.from({ length: 100 }, (_, index) => [`198.18.0.${index}`, `2001:db8:1::1${index}`]);
    await lab.putInForce(Object.fromEntries(vips.flat().map((each) => [each, vipDocument(each)])));
    await lab.stop(agent);
    expect(await verify()).toMatchObject({ wrong: [], exitCode: 0 });
    await sh('nft delete element arp homeward vips { 198.18.0.99 }');
    expect((await verify()).wrong).toEqual(['guard of 198.18.0.99: wanted covered, found not covered']);
    await sh('nft delete table arp homeward');
    expect((await verify()).wrong).toHaveLength(101);
  });

  it('names each thing that somebody changed', async () => {
    await holdVips();
    const found: string[] = [];
    for (const [command, wrong] of CHANGES) {
      await sh(command);
      found.push(wrong);
      const shown = await verify();
      expect([...shown.wrong].sort(), command).toEqual([...found].sort());
      expect(shown.exitCode).toBe(1);
    }
  });
});
