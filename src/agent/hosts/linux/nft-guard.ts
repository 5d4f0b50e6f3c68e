/**
 * The guard in the kernel: loaded, changed by single elements, and read back. What it must look like is what nft
 * listed right after this process had loaded it, for versions of nft spell one rule in several ways; so a process that
 * starts loads it anew once, in one transaction.
 */
import { CommandFailed, type CommandRunner } from '../../../platform/command-runner.js';
import { GUARD_FAMILIES, guardFamily, type GuardFamily } from '../../../setup/linux/guard-rules.js';
import type { Guard } from '../../plan/host-view.js';
import { elementsIn } from './guard-elements.js';
import {
  addText,
  dropText,
  GUARD_SET,
  GUARD_TABLE,
  loadText,
  presenceText,
  removeText,
} from '../../../setup/linux/guard-text.js';

/** Ten thousand addresses of each family take half a second. */
const TIMEOUT_MS = 60_000;
/** What nft says of each line that names an element which is there. */
const THERE = /:(\d+):\d+-\d+: Error: .*File exists/g;
const EXIT_REFUSED = 1;
const ADVICE =
  'It is the nftables tables `arp homeward` and `ip6 homeward`, which let no question for a VIP in and no claim of one out; where they cannot be loaded, see that nft is installed and works on this host.';
/** For up to so many addresses each is asked for. */
const FEW = 16;

export class NftGuard {
  /** The rules as nft lists them, of what this process has loaded. */
  readonly #loaded = new Map<GuardFamily, string>();

  constructor(private readonly commands: CommandRunner) {}

  /** With all addresses that it covers. */
  read(): Promise<Guard> {
    return orNone(() => this.#read());
  }

  async #read(): Promise<Guard> {
    const rules = await this.#rules(GUARD_FAMILIES);
    if (!rules.inForce) return { ...rules, addresses: new Set(), advice: ADVICE };
    const addresses = new Set<string>();
    for (const listing of await Promise.all(GUARD_FAMILIES.map((family) => this.#listSet(family)))) {
      const listed = elementsIn(listing);
      // What somebody put there that the agent cannot read goes with the guard that is loaded in its place.
      if (!listed.ok) return notRead(`what \`nft -j list set\` printed is not understood: ${listed.problem}`);
      for (const address of listed.value) addresses.add(address);
    }
    return { ...rules, addresses, advice: ADVICE };
  }

  /** With those of these that it covers; of many, it lists all. */
  look(addresses: readonly string[]): Promise<Guard> {
    return orNone(() => (addresses.length > FEW ? this.#read() : this.#look(addresses)));
  }

  async #look(addresses: readonly string[]): Promise<Guard> {
    const families = GUARD_FAMILIES.filter((family) =>
      addresses.some((each) => guardFamily(each) === family),
    );
    const [rules, covered] = await Promise.all([this.#rules(families), this.#present(addresses)]);
    return { ...rules, addresses: new Set(rules.inForce ? covered : []), advice: ADVICE };
  }

  async load(addresses: readonly string[]): Promise<void> {
    await this.#transaction(loadText(addresses));
    for (const family of GUARD_FAMILIES) this.#loaded.set(family, await this.listing(family));
  }

  async add(addresses: readonly string[]): Promise<void> {
    await this.#transaction(addText(addresses));
  }

  async remove(addresses: readonly string[]): Promise<void> {
    await this.#transaction(removeText(addresses));
  }

  async drop(): Promise<void> {
    await this.#transaction(dropText());
    this.#loaded.clear();
  }

  async #transaction(text: string): Promise<void> {
    await this.commands.run(['nft', '-f', '-'], { input: text, timeoutMs: TIMEOUT_MS });
  }

  async #rules(families: readonly GuardFamily[]): Promise<Pick<Guard, 'standing' | 'inForce'>> {
    const listed = await Promise.all(families.map(async (each) => [each, await this.listing(each)] as const));
    return {
      standing: listed.some(([, rules]) => rules !== ''),
      inForce: listed.every(([family, rules]) => rules !== '' && rules === this.#loaded.get(family)),
    };
  }

  /** Our table without the elements; empty where there is none. */
  async listing(family: GuardFamily): Promise<string> {
    // Of all listings the only one for which nft 1.0.6 does not read the elements first.
    const listed = await this.commands.run(['nft', '-t', 'list', 'ruleset', family]);
    const start = listed.indexOf(`table ${family} ${GUARD_TABLE} {`);
    return start < 0 ? '' : listed.slice(start, listed.indexOf('\n}', start) + 2);
  }

  #listSet(family: GuardFamily): Promise<string> {
    return this.commands.run(['nft', '-j', 'list', 'set', family, GUARD_TABLE, GUARD_SET], {
      timeoutMs: TIMEOUT_MS,
    });
  }

  /** Which of these it covers. Where one family has no table, it covers none of that family. */
  async covered(addresses: readonly string[]): Promise<ReadonlySet<string>> {
    const present: string[] = [];
    for (const family of GUARD_FAMILIES) {
      const own = addresses.filter((each) => guardFamily(each) === family);
      for (let from = 0; from < own.length; from += FEW) {
        present.push(...(await this.#present(own.slice(from, from + FEW))));
      }
    }
    return new Set(present);
  }

  /**
   * Asks the kernel about each: by a check, which changes nothing, whether it could be made anew. Of few alone: nft has
   * three lines to say of each one, and what a program says is read to a limit.
   */
  async #present(addresses: readonly string[]): Promise<string[]> {
    if (addresses.length === 0) return [];
    try {
      await this.commands.run(['nft', '-c', '-f', '-'], { input: presenceText(addresses) });
      return [];
    } catch (error) {
      if (!(error instanceof CommandFailed) || error.exitCode !== EXIT_REFUSED) throw error;
      return [...error.stderr.matchAll(THERE)].flatMap(([, line]) => addresses[Number(line) - 1] ?? []);
    }
  }
}

/** A host without nft is one without a guard, and must be able to say so. */
async function orNone(read: () => Promise<Guard>): Promise<Guard> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return { ...notRead(error.message), standing: false };
  }
}

/** A guard of which nobody knows what it covers is as good as none. */
function notRead(why: string): Guard {
  const advice = `${ADVICE} It cannot be read now: ${why}`;
  return { standing: true, inForce: false, addresses: new Set(), advice };
}
