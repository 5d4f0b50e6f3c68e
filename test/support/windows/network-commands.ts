/**
 * Commands of Windows that read and change adapters, interfaces, addresses and DNS clients, on a simulated host: what
 * they give, and what they refuse, is what Microsoft documents of them.
 */
import type { InterfaceProperty } from '../../../src/setup/windows/windows-settings.js';
import { isVip } from './offences.js';
import { boundCommand, type Given } from './powershell/given.js';
import { ScriptError, type Command } from './powershell/interpreter.js';
import { memberOf, numberOf, textOf, type Thing, type Value } from './powershell/values.js';
import type { SimulatedRun } from './simulated-run.js';
import {
  AUTOMATIC_METRIC,
  newAddress,
  type SimulatedAdapter,
  type SimulatedAddress,
  type SimulatedInterface,
} from './windows-state.js';

/** About what it takes to make an address, and to ask once whether somebody has it already. */
const ADDRESS_SECONDS = 0.5;
const QUESTION_SECONDS = 1;

const NUMBERS: ReadonlySet<string> = new Set(['DadTransmits', 'InterfaceMetric']);

export function networkCommands(run: SimulatedRun): Readonly<Record<string, Command>> {
  const { state, filters } = run.simulation;
  const nameOf = (index: number): string | undefined =>
    state.adapters.find((each) => each.index === index)?.name;
  /** When an address may be used, which nobody has asked the network for yet. */
  const readyAt = new Map<SimulatedAddress, number>();

  const adapterThing = (adapter: SimulatedAdapter): Thing => ({
    InterfaceIndex: adapter.index,
    InterfaceGuid: adapter.guid,
    Name: adapter.name,
    ComponentID: adapter.loopback ? '*msloop' : 'vmbus\\{f8615163}',
    MacAddress: adapter.mac,
    Status: adapter.up ? 'Up' : 'Disabled',
    PnPDeviceID: `ROOT\\NET\\${adapter.index}`,
  });
  const interfaceThing = (each: SimulatedInterface): Thing => ({
    InterfaceIndex: each.index,
    InterfaceAlias: nameOf(each.index) ?? each.alias,
    AddressFamily: each.family,
    NlMtu: each.mtu,
    Dhcp: enabled(each.Dhcp),
    DadTransmits: each.DadTransmits,
    AutomaticMetric: enabled(each.AutomaticMetric),
    InterfaceMetric: each.InterfaceMetric,
    WeakHostReceive: enabled(each.WeakHostReceive),
    WeakHostSend: enabled(each.WeakHostSend),
    Forwarding: filters.forwarding.includes(each.family) ? 'Enabled' : 'Disabled',
  });
  const addressThing = (each: SimulatedAddress): Thing => ({
    InterfaceIndex: each.index,
    InterfaceAlias: nameOf(each.index) ?? '',
    IPAddress: each.address,
    PrefixLength: each.prefixLength,
    AddressState: (readyAt.get(each) ?? 0) > run.seconds || !each.usable ? 'Tentative' : 'Preferred',
    SkipAsSource: each.skipAsSource,
    PrefixOrigin: isVip(each) ? 'Manual' : 'WellKnown',
  });

  const adaptersOf = (given: Given): readonly SimulatedAdapter[] =>
    state.adapters.filter((each) => given.asksFor({ '-InterfaceIndex': each.index }));
  const interfacesOf = (given: Given): readonly SimulatedInterface[] =>
    state.interfaces.filter((each) =>
      given.asksFor({ '-InterfaceIndex': each.index, '-AddressFamily': each.family }),
    );

  const commands: Readonly<Record<string, (given: Given) => readonly Value[]>> = {
    'Get-NetAdapter': (given) => someOrError('MSFT_NetAdapter', adaptersOf(given).map(adapterThing)),
    'Rename-NetAdapter': (given) => {
      const [found] = inputs(given).map((index) => state.adapters.find((each) => each.index === index));
      const name = given.text('-NewName');
      if (found === undefined) throw new ScriptError('No MSFT_NetAdapter objects found.');
      if (state.adapters.some((each) => each !== found && each.name === name)) {
        throw new ScriptError('{Object Exists} An attempt was made to create an object.');
      }
      run.change(() => (found.name = name));
      return [];
    },
    'Get-NetIPInterface': (given) =>
      someOrError('MSFT_NetIPInterface', interfacesOf(given).map(interfaceThing)),
    'Set-NetIPInterface': (given) => {
      const [found] = interfacesOf(given);
      if (found === undefined) throw new ScriptError('No MSFT_NetIPInterface objects found.');
      setInterface(run, found, given);
      return [];
    },
    'Get-NetIPAddress': (given) => {
      const found = state.addresses.filter((each) =>
        given.asksFor({ '-InterfaceIndex': each.index, '-IPAddress': each.address }),
      );
      return someOrError('MSFT_NetIPAddress', found.map(addressThing));
    },
    'New-NetIPAddress': (given) => {
      const added = addressToAdd(run, given);
      const family = added.address.includes(':') ? 'IPv6' : 'IPv4';
      const on = state.interfaces.find((each) => each.index === added.index && each.family === family);
      if (on === undefined) throw new ScriptError('Element not found.');
      if (family === 'IPv4' && on.Dhcp === 1)
        throw new ScriptError('Inconsistent parameters PolicyStore PersistentStore and Dhcp Enabled');
      run.wait(ADDRESS_SECONDS);
      readyAt.set(added, run.seconds + QUESTION_SECONDS * on.DadTransmits);
      run.change(() => state.addresses.push(added));
      return [addressThing(added)];
    },
    'Remove-NetIPAddress': (given) => {
      if (given.value('-Confirm') !== false) throw new ScriptError('PowerShell is in NonInteractive mode.');
      for (const each of given.input ?? []) {
        const gone = (one: SimulatedAddress): boolean =>
          one.index === memberOf(each, 'InterfaceIndex') && one.address === memberOf(each, 'IPAddress');
        run.change(() => state.addresses.splice(state.addresses.findIndex(gone), 1));
      }
      return [];
    },
    'Get-NetRoute': () =>
      ['192.0.2.0/24', ...state.gateways].map((hop) => ({
        DestinationPrefix: hop.includes('/') ? hop : hop.includes(':') ? '::/0' : '0.0.0.0/0',
        NextHop: hop.includes('/') ? '0.0.0.0' : hop,
      })),
    'Get-DnsClient': (given) => {
      const found = state.registrations.filter((each) => given.asksFor({ '-InterfaceIndex': each.index }));
      const things = found.map((each) => ({
        InterfaceIndex: each.index,
        RegisterThisConnectionsAddress: each.registers === 1,
      }));
      return someOrError('MSFT_DNSClient', things);
    },
    'Set-DnsClient': (given) => {
      const found = state.registrations.find((each) => given.asksFor({ '-InterfaceIndex': each.index }));
      if (found === undefined) throw new ScriptError('No MSFT_DNSClient objects found.');
      const registers = given.value('-RegisterThisConnectionsAddress') === true ? 1 : 0;
      run.change(() => (found.registers = registers));
      return [];
    },
  };
  return Object.fromEntries(Object.entries(commands).map(([name, each]) => [name, boundCommand(each)]));
}

function enabled(value: number): string {
  return value === 1 ? 'Enabled' : 'Disabled';
}

/** To find nothing is an error to these commands. */
export function someOrError(kind: string, things: readonly Value[]): readonly Value[] {
  if (things.length === 0) throw new ScriptError(`No ${kind} objects found.`);
  return things;
}

function inputs(given: Given): number[] {
  return (given.input ?? []).map((each) => numberOf(memberOf(each, 'InterfaceIndex') as Value));
}

function setInterface(run: SimulatedRun, found: SimulatedInterface, given: Given): void {
  const properties: readonly InterfaceProperty[] = [
    'Dhcp',
    'DadTransmits',
    'AutomaticMetric',
    'InterfaceMetric',
    'WeakHostReceive',
    'WeakHostSend',
  ];
  for (const property of properties.filter((each) => given.has(`-${each}`))) {
    const word = given.value(`-${property}`);
    if (!NUMBERS.has(property) && !['Enabled', 'Disabled'].includes(textOf(word)))
      throw new ScriptError(`Cannot process argument transformation on parameter '${property}'.`);
    const value = NUMBERS.has(property) ? numberOf(word) : Number(textOf(word) === 'Enabled');
    run.change(() => {
      found[property] = value;
      if (property === 'InterfaceMetric') found.AutomaticMetric = 0;
      if (property === 'AutomaticMetric' && value === 1) found.InterfaceMetric = AUTOMATIC_METRIC;
    });
  }
}

function addressToAdd(run: SimulatedRun, given: Given): SimulatedAddress {
  const [index, prefixLength] = [given.number('-InterfaceIndex'), given.number('-PrefixLength')];
  const address = given.text('-IPAddress');
  const there = run.simulation.state.addresses.some((each) => each.address === address);
  if (there) throw new ScriptError('Instance MSFT_NetIPAddress already exists');
  if (prefixLength > (address.includes(':') ? 128 : 32))
    throw new ScriptError('Invalid parameter PrefixLength');
  return { ...newAddress(index, address, prefixLength), skipAsSource: given.value('-SkipAsSource') === true };
}
