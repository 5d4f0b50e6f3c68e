/** What is wrong with what forwards: interfaces, table, VIPs, and the way to real servers. Pure. */
import type { DirectorFinding } from './director-finding.js';
import type { ExaminedDirector, FoundGround } from './examined-director.js';

type Judge = (examined: ExaminedDirector, ground: FoundGround) => readonly DirectorFinding[];

export function judgeForwarding(examined: ExaminedDirector): readonly DirectorFinding[] {
  const { ground } = examined;
  if ('problem' in ground) return [noInterface(ground.problem)];
  const onTable = examined.noRights === null && examined.services.length > 0 ? [table, bound, missing] : [];
  const judges = [down, ...onTable, vips, segments, neighbours, routing];
  return judges.flatMap((judge) => judge(examined, ground));
}

const RESTART = {
  words:
    'Let the engine run: it brings back what is missing. If it runs already, restart it; nothing is disturbed.',
  commands: ['nft list table netdev homeward | head -50'],
};

function noInterface(problem: string): DirectorFinding {
  return {
    code: 'no-interface',
    severity: 'no-traffic',
    title: 'No interface can hold the VIPs',
    concerns: [],
    seen: problem,
    why: 'Without it nothing is forwarded.',
    words:
      'Give the director an address on the segment of its clients, or name the interface: HOMEWARD_INTERFACE.',
    commands: ['ip -brief address'],
  };
}

const down: Judge = (_examined, { down: devices }) =>
  devices.map((device) => ({
    code: 'interface-down',
    severity: 'no-traffic',
    title: `The interface ${device} is down`,
    concerns: [],
    seen: `${device} is not up.`,
    why: 'No packet comes or goes there.',
    words: 'Set it up, or see to its cable.',
    commands: [`ip link set ${device} up`],
  }));

const table: Judge = ({ table: found, services }) =>
  found !== null
    ? []
    : [
        {
          code: 'table-missing',
          severity: 'no-traffic',
          title: 'The table that forwards is not in the kernel',
          concerns: services.map(nameOf),
          seen: 'There is no table netdev homeward.',
          why: 'Packets for the VIPs end at this host. Somebody flushed the rules, or the engine never ran here.',
          ...RESTART,
        },
      ];

const bound: Judge = ({ table: found }, { devices }) => {
  if (found === null || found.devices.join() === devices.join()) return [];
  return [
    {
      code: 'table-on-other-interfaces',
      severity: 'no-traffic',
      title: 'The table is bound to other interfaces than it should be',
      concerns: [],
      seen: `Bound to ${found.devices.join(', ') || 'none'}; it should be ${devices.join(', ')}.`,
      why: 'Packets that come by another interface are not forwarded. A card that was made anew loses its rules.',
      ...RESTART,
    },
  ];
};

const missing: Judge = ({ table: found, services, offSegment }) => {
  const there = found?.services ?? null;
  if (there === null) return [];
  const off = new Set(offSegment);
  const absent = services.filter(
    ({ number, servers }) => !there.has(number) && servers.some(({ address }) => !off.has(address)),
  );
  if (absent.length === 0) return [];
  return [
    {
      code: 'services-missing',
      severity: 'no-traffic',
      title: 'Services are not in the table',
      concerns: absent.map(nameOf),
      seen: `${absent.length} of ${services.length} services are not there.`,
      why: 'Their packets end at this host.',
      ...RESTART,
    },
  ];
};

const vips: Judge = ({ services, addresses }, { vipDevice }) => {
  const absent = [...new Set(services.map(({ address }) => address))].filter((vip) => !addresses.has(vip));
  if (absent.length === 0) return [];
  return [
    {
      code: 'vips-not-held',
      severity: 'no-traffic',
      title: 'VIPs are not on this host',
      concerns: absent,
      seen: `${absent.length} VIPs are on no interface; they belong on ${vipDevice}.`,
      why: 'Nobody here answers for them, so that clients and routers do not find the director.',
      words: RESTART.words,
      commands: [`ip -brief address show dev ${vipDevice}`],
    },
  ];
};

const segments: Judge = ({ offSegment }) =>
  offSegment.length === 0
    ? []
    : [
        {
          code: 'server-off-segment',
          severity: 'wrong-traffic',
          title: 'Real servers are on no segment of this director',
          concerns: offSegment,
          seen: 'No interface has an address in their subnets.',
          why: 'Direct return rewrites Ethernet addresses only: it reaches nobody behind a router.',
          words: 'Give the director an address on their segment, or take them out of the service.',
          commands: ['ip -brief address'],
        },
      ];

const neighbours: Judge = ({ unreachable }) =>
  unreachable.length === 0
    ? []
    : [
        {
          code: 'server-not-found',
          severity: 'wrong-traffic',
          title: 'Real servers do not answer for their own addresses',
          concerns: unreachable,
          seen: 'The kernel has asked for their Ethernet addresses, and nobody answered.',
          why: 'Packets for them are dropped.',
          words: 'See that they run and are plugged in, and that nothing filters ARP or neighbour discovery.',
          commands: ['ip neighbour show nud failed nud incomplete'],
        },
      ];

const routing: Judge = ({ sysctls }) => {
  const on = Object.entries(sysctls).filter(([name, value]) => ROUTING.includes(name) && value === '1');
  if (on.length === 0) return [];
  return [
    {
      code: 'routing-is-on',
      severity: 'at-risk',
      title: 'This host routes packets',
      concerns: [],
      seen: on.map(([name, value]) => `${name} = ${value}`).join(', '),
      why: 'A director needs no routing. With it, packets for a VIP that is not held here are sent back to where they came from.',
      words: 'Turn it off, unless this host is a router as well.',
      commands: on.map(([name]) => `sysctl -w ${name}=0`),
    },
  ];
};

export const ROUTING: readonly string[] = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'];

function nameOf({
  address,
  protocol,
  port,
}: {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}): string {
  return `${address} ${protocol} ${port}`;
}
