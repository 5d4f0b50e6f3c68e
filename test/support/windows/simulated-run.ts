/**
 * One run of PowerShell on a simulated Windows host. Before and after every single change it tells, so that a test can
 * fail or kill there; and it writes down what a VIP must never go through.
 */
import { offencesIn } from './offences.js';
import type { SimulatedFilters, WindowsState } from './windows-state.js';

export interface Simulation {
  readonly state: WindowsState;
  readonly filters: SimulatedFilters;
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

/** After that the agent ends PowerShell. */
const MOST_SECONDS = 120;

export class SimulatedRun {
  /** What it took so far. */
  seconds = 0;

  constructor(
    readonly simulation: Simulation,
    private readonly witness: Witness,
  ) {}

  wait(seconds: number): void {
    this.seconds += seconds;
    if (this.seconds > MOST_SECONDS) throw new Error(`it was ended after ${MOST_SECONDS} s`);
  }

  change(change: () => unknown): void {
    const number = ++this.simulation.changes;
    this.witness.before(number);
    change();
    this.simulation.offences.push(...offencesIn(this.simulation.state));
    this.witness.after(number);
  }
}
