/**
 * Keeps the table's rules and declarations as ruleset-text.ts wants them, and leaves them alone when they are.
 * What nft prints differs between its versions, so the listing right after a load is remembered and compared with
 * the listing at the next start.
 */
import { join } from 'node:path';
import { readFileIfThere, writeFileAtomically } from '../../../platform/state-file.js';
import { TABLE } from '../../../forwarding/layout.js';
import {
  leastText,
  memoryOf,
  rememberedOnDemand,
  sameMemory,
  strangeChainsText,
} from './fixed-part-memory.js';
import { isRefusal } from './is-refusal.js';
import type { Nft } from './nft.js';
import { onDemandText, rulesetText, type RulesetOptions } from '../../../forwarding/ruleset-text.js';

const FILE_MODE = 0o600;

export class FixedPart {
  private readonly path: string;

  constructor(
    private readonly nft: Nft,
    stateDir: string,
  ) {
    this.path = join(stateDir, 'nftables-fixed-part');
  }

  async inForce(options: RulesetOptions): Promise<boolean> {
    const listed = await this.nft.listFixedPart();
    if (listed === undefined) return false;
    return sameMemory(await readFileIfThere(this.path), rulesetText(options), listed);
  }

  /** Names of what was made on demand when rules were loaded last. */
  async loadedOnDemand(): Promise<readonly string[]> {
    return rememberedOnDemand(await readFileIfThere(this.path));
  }

  /** Rules change in one transaction; elements and flows stay. @returns false: there was no table. */
  async bring(options: RulesetOptions): Promise<boolean> {
    const wanted = rulesetText(options);
    const found = await this.nft.listFixedPart();
    const listed = found ?? '';
    const least = leastText(await readFileIfThere(this.path), wanted, listed);
    const strangers = strangeChainsText(wanted, listed);
    if (least === undefined || !(await this.isTaken(`${least}${strangers}`))) {
      await this.nft.load(`${wanted}${strangers}`);
    }
    await this.remember(options);
    return found !== undefined;
  }

  private async isTaken(text: string): Promise<boolean> {
    try {
      await this.nft.load(text);
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  /** The same; where the table in the kernel is too different to be brought over, another takes its place, and flows are lost. @returns as `bring` does. */
  async bringOrReplace(
    options: RulesetOptions,
    elements: () => Iterable<string>,
    onReplacing: (why: string) => void,
  ): Promise<boolean> {
    try {
      return await this.bring(options);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      onReplacing(error.message);
      await this.replaceWith(options, elements);
      return true;
    }
  }

  /** Chains that the table lacks, while it is right otherwise. */
  async addChains(names: Iterable<string>, options: RulesetOptions): Promise<void> {
    await this.nft.load(onDemandText(names, options));
    await this.remember(options);
  }

  private async replaceWith(options: RulesetOptions, elements: () => Iterable<string>): Promise<void> {
    try {
      await this.replace(options, elements());
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // One of the elements cannot be loaded; nft names it when they are brought.
      await this.replace(options, []);
    }
  }

  /** Everything anew, in one transaction. Flows are lost. */
  private async replace(options: RulesetOptions, elements: Iterable<string>): Promise<void> {
    // Adding first, so that the deletion finds a table in any case.
    await this.nft.load(
      chain([`add table ${TABLE}\ndelete table ${TABLE}\n${rulesetText(options)}`], elements),
    );
    await this.remember(options);
  }

  private async remember(options: RulesetOptions): Promise<void> {
    const listed = (await this.nft.listFixedPart()) ?? '';
    const memory = memoryOf(rulesetText(options), listed, options.onDemand);
    await writeFileAtomically(this.path, memory, { mode: FILE_MODE });
  }
}

function* chain(...parts: readonly Iterable<string>[]): Iterable<string> {
  for (const part of parts) yield* part;
}
