/**
 * Does to a simulated Windows host what each script does to a real one, step by step, and refuses what Windows refuses.
 * Before and after every single change it tells, so that a test can fail or kill there; and it writes down what a VIP
 * must never go through: standing on an adapter of the network, in DNS, or where packets for it get lost.
 */
import type { ScriptCall } from '../../../src/agent/hosts/windows/powershell.js';
import { INTERFACE_SETTINGS } from '../../../src/setup/windows/windows-settings.js';
import { AUTOMATIC_METRIC, newAddress, plugIn, type WindowsState } from './windows-state.js';

export interface Simulation {
  readonly state: WindowsState;
  /** A device that was registered and got no driver yet. */
  halfInstalled: boolean;
  /** How many single changes there were. */
  changes: number;
  readonly offences: string[];
}

export interface Witness {
  /** May throw, or never return. */
  before(change: number): void;
  after(change: number): void;
}

/** Thrown by a witness where nothing more shall happen. */
export class Killed extends Error {}

const NEW_INDEX = 9;
const GROUP_RULE = /^Homeward-/;

export class SimulatedWindows {
  constructor(
    private readonly simulation: Simulation,
    private readonly witness: Witness,
  ) {}

  /** Resolves to what the script prints; throws what it says on standard error. */
  run(call: ScriptCall): string {
    switch (call.script) {
      case 'observe':
        return this.#observe();
      case 'install-adapter':
        this.#install();
        break;
      case 'uninstall-adapter':
        this.#uninstall(call.request.guid);
        break;
      case 'rename-adapter':
        this.#rename(call.request.guid, call.request.name);
        break;
      case 'set-dns-registration':
        this.#setDnsRegistration(call.request.guid, call.request.value);
        break;
      case 'set-interfaces':
        for (const change of call.request.changes) this.#setInterface(change);
        break;
      case 'add-addresses':
        this.#forEach(call.request.addresses, (each) => this.#add(call.request.guid, each));
        break;
      case 'remove-addresses':
        this.#forEach(call.request.addresses, (each) => this.#remove(call.request.guid, each.address));
        break;
      case 'set-doors':
        this.#setDoors(call.request);
        break;
    }
    return '';
  }

  #observe(): string {
    return `${JSON.stringify(this.simulation.state)}\n`;
  }

  #install(): void {
    const { state } = this.simulation;
    if (state.adapters.some(({ loopback }) => loopback)) return;
    if (!this.simulation.halfInstalled) this.#change(() => (this.simulation.halfInstalled = true));
    this.#change(() => {
      this.simulation.halfInstalled = false;
      plugIn(state, { index: NEW_INDEX, name: 'Ethernet 2', loopback: true });
      state.addresses.push(newAddress(NEW_INDEX, '169.254.7.7', 16));
    });
  }

  #uninstall(guid: string): void {
    const { state } = this.simulation;
    const { index } = this.#loopback(guid);
    const manual = state.addresses.find((each) => each.index === index && isVip(each));
    if (manual !== undefined) throw new Error(`The loopback adapter stays: ${manual.address} is on it.`);
    const others = (rows: { readonly index: number }[]): void => {
      rows.splice(0, rows.length, ...rows.filter((row) => row.index !== index));
    };
    this.#change(() => {
      others(state.adapters);
      others(state.interfaces);
      others(state.addresses);
      others(state.registrations);
    });
  }

  #rename(guid: string, name: string): void {
    const adapter = this.#loopback(guid);
    if (this.simulation.state.adapters.some((each) => each !== adapter && each.name === name)) {
      throw new Error('{Object Exists} An attempt was made to create an object.');
    }
    this.#change(() => (adapter.name = name));
  }

  #setDnsRegistration(guid: string, value: number): void {
    const { index } = this.#loopback(guid);
    const client = this.simulation.state.registrations.find((each) => each.index === index);
    if (client === undefined) throw new Error(`No DNS client on interface ${index}.`);
    this.#change(() => (client.registers = value));
  }

  #setInterface(
    change: Extract<ScriptCall, { script: 'set-interfaces' }>['request']['changes'][number],
  ): void {
    const { state } = this.simulation;
    const adapter = state.adapters.find(({ guid }) => guid === change.guid);
    const found = state.interfaces.find(
      ({ index, family }) => index === adapter?.index && family === change.family,
    );
    if (found === undefined) throw new Error('No MSFT_NetIPInterface objects found.');
    this.#change(() => {
      found[change.property] = change.value;
      if (change.property === 'InterfaceMetric') found.AutomaticMetric = 0;
      if (change.property === 'AutomaticMetric' && change.value === 1)
        found.InterfaceMetric = AUTOMATIC_METRIC;
    });
  }

  #add(guid: string, { address, prefixLength }: { address: string; prefixLength: number }): void {
    const { state } = this.simulation;
    const { index } = this.#loopback(guid);
    const there = state.addresses.find((each) => each.address === address);
    if (there !== undefined && there.index !== index)
      throw new Error(`${address} is an address of another adapter.`);
    if (there === undefined) {
      const dhcp = state.interfaces.find((each) => each.index === index && each.family === 'IPv4')?.Dhcp;
      if (dhcp === 1 && !address.includes(':')) {
        throw new Error('Inconsistent parameters PolicyStore PersistentStore and Dhcp Enabled');
      }
      const added = { ...newAddress(index, address, prefixLength), skipAsSource: true };
      this.#change(() => state.addresses.push(added));
    } else if (!there.skipAsSource) {
      throw new Error(`${address} may be the source of what this host sends of itself.`);
    }
  }

  #remove(guid: string, address: string): void {
    const { addresses } = this.simulation.state;
    const { index } = this.#loopback(guid);
    const place = addresses.findIndex((each) => each.index === index && each.address === address);
    if (place >= 0) this.#change(() => addresses.splice(place, 1));
  }

  #setDoors({ close, open }: Extract<ScriptCall, { script: 'set-doors' }>['request']): void {
    for (const name of close) this.#close(name);
    for (const rule of open) {
      this.#close(rule.name);
      this.#change(() => this.simulation.state.rules.push({ ...rule, admits: true }));
    }
  }

  #close(name: string): void {
    const { rules } = this.simulation.state;
    const place = rules.findIndex((each) => each.name === name);
    if (!GROUP_RULE.test(name)) throw new Error(`${name} is no rule of Homeward's.`);
    if (place >= 0) this.#change(() => rules.splice(place, 1));
  }

  #loopback(guid: string) {
    const adapter = this.simulation.state.adapters.find((each) => each.guid === guid && each.loopback);
    if (adapter === undefined) throw new Error(`There is no loopback adapter ${guid}.`);
    return adapter;
  }

  /** As the script does: all that can be done, and then what was refused. */
  #forEach<T extends { readonly address: string }>(items: readonly T[], action: (item: T) => void): void {
    const refused: string[] = [];
    for (const item of items) {
      try {
        action(item);
      } catch (error) {
        if (error instanceof Killed) throw error;
        refused.push(`${item.address}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (refused.length > 0) throw new Error(refused.join(' '));
  }

  #change(change: () => unknown): void {
    const number = ++this.simulation.changes;
    this.witness.before(number);
    change();
    this.simulation.offences.push(...offencesIn(this.simulation.state));
    this.witness.after(number);
  }
}

/** An address of a host's own, which is what a VIP looks like. */
function isVip({ address, prefixLength }: { readonly address: string; readonly prefixLength: number }) {
  return prefixLength === (address.includes(':') ? 128 : 32);
}

function offencesIn(state: WindowsState): string[] {
  return state.addresses.filter(isVip).flatMap(({ index, address, skipAsSource }) => {
    const adapter = state.adapters.find((each) => each.index === index);
    if (adapter?.loopback !== true) return [`${address} is on ${adapter?.name ?? index}`];
    const registers = state.registrations.find((each) => each.index === index)?.registers === 1;
    const wrong = INTERFACE_SETTINGS.filter(({ place, family, property, wanted }) =>
      state.interfaces.some((each) => {
        const kind = state.adapters.find((owner) => owner.index === each.index)?.loopback;
        const concerned = kind !== undefined && kind === (place === 'loopback') && each.family === family;
        return concerned && each[property] !== wanted;
      }),
    );
    return [
      ...(registers ? [`${address} is registered in DNS`] : []),
      ...(skipAsSource ? [] : [`${address} may be a source`]),
      ...wrong.map(({ name }) => `${address} stands there without ${name}`),
    ];
  });
}
