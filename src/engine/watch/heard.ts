/** What the kernel's events of a while gave reason to look at. An event is no more than such a reason. */
export interface Heard {
  /** Somebody changed rules or declarations of our table, or events were lost. */
  readonly rules: boolean;
  /** Maps of our table whose elements somebody else changed, with the program that did it. */
  readonly maps: ReadonlyMap<string, string>;
  /** Services whose slots are among these. */
  readonly services: ReadonlySet<number>;
  /** Host addresses that went from some interface. */
  readonly goneAddresses: ReadonlySet<string>;
  /** Interfaces that changed in any way. */
  readonly interfaces: ReadonlySet<string>;
  /** An address that is no VIP of ours came. */
  readonly newAddress: boolean;
}
