/** Variables. A function sees those of whoever calls it, and sets its own. */
import type { Value } from './values.js';

export class Scope {
  readonly #variables = new Map<string, Value>();

  /** `transparent`: what is set goes to the scope around it. */
  constructor(
    private readonly outer?: Scope,
    private readonly kind: 'own' | 'transparent' = 'own',
  ) {}

  get(name: string): Value {
    const key = name.toLowerCase();
    if (this.#variables.has(key)) return this.#variables.get(key) ?? null;
    return this.outer?.get(name) ?? null;
  }

  set(name: string, value: Value): void {
    if (this.kind === 'transparent' && this.outer !== undefined) this.outer.set(name, value);
    else this.declare(name, value);
  }

  declare(name: string, value: Value): void {
    this.#variables.set(name.toLowerCase(), value);
  }

  /** Of the script as a whole. */
  get top(): Scope {
    return this.outer?.top ?? this;
  }
}
