/** What the kernel's events of a while gave reason to look at. An event is no more than such a reason. */
export interface Heard {
  /** Somebody changed rules of our table. */
  readonly rules: boolean;
  /** Somebody made or removed the table, or a map of it: what is in the maps is anybody's guess. */
  readonly table: boolean;
  /** Events were lost. */
  readonly lost: boolean;
  /** Maps of our table whose elements somebody else changed, with the program that did it. */
  readonly maps: ReadonlyMap<string, string>;
  /** Elements among these, of maps with very many: `map key`; `all`: too many to be named. */
  readonly places: ReadonlySet<string> | 'all';
  /** VIPs of which a policy of the second lock went or was changed; `all`: too many to be named. */
  readonly unlocked: ReadonlySet<string> | 'all';
  /** Host addresses that went from some interface. */
  readonly goneAddresses: ReadonlySet<string>;
  /** Interfaces that changed in any way. */
  readonly interfaces: ReadonlySet<string>;
  /** An address that is no VIP of ours came. */
  readonly newAddress: boolean;
}
