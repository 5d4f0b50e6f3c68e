/** Collects the parameters of a statement: whatever came from outside gets into SQL through here and in no other way. */
export class Parameters {
  readonly values: unknown[] = [];

  /** @returns what stands for the value in the statement. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}
