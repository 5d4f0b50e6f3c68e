/** Commands of Windows that read and change its firewall, on a simulated host. */
import { someOrError } from './network-commands.js';
import { boundCommand, type Given } from './powershell/given.js';
import { ScriptError, type Command } from './powershell/interpreter.js';
import { memberOf, textOf, type Thing, type Value } from './powershell/values.js';
import type { SimulatedRun } from './simulated-run.js';
import type { SimulatedFilters, SimulatedRule } from './windows-state.js';

type Block = SimulatedFilters['blocks'][number];

const OURS = 'Homeward';
/** About what it takes to make a rule, to read what belongs to one, and to read that of all there are. */
const RULE_SECONDS = 0.4;
const ONE_SECONDS = 0.3;
const ALL_SECONDS = 2;

export function firewallCommands(run: SimulatedRun): Readonly<Record<string, Command>> {
  const { state, filters } = run.simulation;
  const rules = (): Thing[] => [...state.rules.map(ruleThing), STRANGE_RULE];
  /** As the policies together make it: rules of the host are out where every profile ignores them. */
  const active = (): Thing[] => {
    const counts = filters.profiles.some(({ allowLocal }) => allowLocal !== 'False');
    return [...(counts ? rules() : []), ...filters.blocks.map(blockThing), HARDENING];
  };
  const filtersFor = (given: Given, thing: (id: string) => Thing): readonly Value[] => {
    run.wait(given.input === undefined ? ALL_SECONDS : ONE_SECONDS);
    const from = given.input ?? rules();
    return from.map((rule) => thing(textOf(memberOf(rule, 'InstanceID') as Value)));
  };
  const described = (id: string): Partial<SimulatedRule & Block> =>
    state.rules.find(({ name }) => name === id) ?? filters.blocks.find(({ name }) => name === id) ?? {};
  const narrowed = (id: string, at: number): string => described(id).narrowed?.[at] ?? 'Any';

  const commands: Readonly<Record<string, (given: Given) => readonly Value[]>> = {
    'Get-NetFirewallRule': (given) => {
      const found = (given.text('-PolicyStore') === 'ActiveStore' ? active() : rules()).filter((each) =>
        given.asksFor({
          '-Name': each['Name'] as Value,
          '-Group': each['Group'] as Value,
          '-Enabled': each['Enabled'] as Value,
          '-Direction': each['Direction'] as Value,
        }),
      );
      return someOrError('MSFT_NetFirewallRule', found);
    },
    'Get-NetFirewallPortFilter': (given) =>
      filtersFor(given, (id) => {
        const { protocol = 'Any', ports = 'Any' } = described(id);
        const Protocol = protocol === 'Any' ? protocol : protocol.toUpperCase();
        return { InstanceID: id, Protocol, LocalPort: ports, RemotePort: narrowed(id, 1) };
      }),
    'Get-NetFirewallAddressFilter': (given) =>
      filtersFor(given, (id) => {
        const { address = 'Any' } = described(id);
        return { InstanceID: id, LocalAddress: address, RemoteAddress: narrowed(id, 2) };
      }),
    'Get-NetFirewallApplicationFilter': (given) => filtersFor(given, (id) => ({ Program: narrowed(id, 3) })),
    'Get-NetFirewallServiceFilter': (given) => filtersFor(given, (id) => ({ Service: narrowed(id, 4) })),
    'Get-NetFirewallInterfaceFilter': (given) =>
      filtersFor(given, (id) => ({ InterfaceAlias: narrowed(id, 5) })),
    'Get-NetFirewallInterfaceTypeFilter': (given) =>
      filtersFor(given, (id) => ({ InterfaceType: narrowed(id, 6) })),
    'Get-NetFirewallProfile': () =>
      filters.profiles.map((each) => ({
        Name: each.name,
        Enabled: each.enabled,
        DefaultInboundAction: each.defaultInbound,
        AllowInboundRules: each.allowInbound,
        AllowLocalFirewallRules: each.allowLocal,
      })),
    'New-NetFirewallRule': (given) => {
      const name = given.text('-Name');
      if (rules().some((each) => each['Name'] === name))
        throw new ScriptError('Cannot create a file when that file already exists.');
      const [group, action] = [given.text('-Group'), given.text('-Action')];
      run.wait(RULE_SECONDS);
      if (group !== OURS || action !== 'Allow') throw new Error('this is no rule of ours');
      run.change(() =>
        state.rules.push({
          name,
          admits: given.text('-Direction') === 'Inbound',
          protocol: given.text('-Protocol'),
          ports: given.text('-LocalPort'),
          address: given.text('-LocalAddress'),
        }),
      );
      return [];
    },
    'Remove-NetFirewallRule': (given) => {
      for (const each of given.input ?? []) {
        const at = state.rules.findIndex(({ name }) => name === memberOf(each, 'Name'));
        if (at < 0) throw new Error('a rule of somebody else was to be removed');
        run.change(() => state.rules.splice(at, 1));
      }
      return [];
    },
  };
  return Object.fromEntries(Object.entries(commands).map(([name, each]) => [name, boundCommand(each)]));
}

function ruleThing({ name, admits }: SimulatedRule): Thing {
  const Enabled = admits ? 'True' : 'False';
  return { ...STRANGE_RULE, Name: name, InstanceID: name, DisplayName: name, Group: OURS, Enabled };
}

function blockThing({ name, narrowed }: Block): Thing {
  const Profile = narrowed[0] ?? 'Any';
  return { ...STRANGE_RULE, Name: name, InstanceID: name, DisplayName: name, Profile, Action: 'Block' };
}

/** Every Windows has some. */
const STRANGE_RULE: Thing = {
  Name: 'RemoteDesktop-UserMode-In-TCP',
  InstanceID: 'RemoteDesktop-UserMode-In-TCP',
  DisplayName: 'Remote Desktop',
  Group: '@FirewallAPI.dll,-28752',
  Enabled: 'True',
  Action: 'Allow',
  Direction: 'Inbound',
  Profile: 'Any',
  PolicyStoreSourceType: 'Local',
};

/** And some of these, in the active store alone. */
const HARDENING: Thing = {
  ...STRANGE_RULE,
  Name: 'WSH-Block',
  InstanceID: 'WSH-Block',
  DisplayName: 'Block any other traffic to a service',
  Group: '',
  Action: 'Block',
  PolicyStoreSourceType: 'Hardcoded',
};
