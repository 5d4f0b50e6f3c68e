/** What a doctor found out about a director, before anything is made of it. */
import type { ServiceDocument } from '../../contract/documents.js';
import type { Kept } from '../../link/held/assemble-held.js';

/** A program that the engine starts; without a version it could not be started, or is another one of that name. */
export interface FoundProgram {
  readonly name: string;
  readonly version: string | null;
  readonly problem: string | null;
}

/** What may be done here, and on what. */
export interface FoundGround {
  /** Where the VIPs are held. */
  readonly vipDevice: string;
  /** Every interface that forwards, sorted. */
  readonly devices: readonly string[];
  /** Of these, those that are down. */
  readonly down: readonly string[];
}

/** The engine's table, as far as it is there. */
export interface FoundTable {
  /** Interfaces that its entry chain is bound to; a number where the interface is gone. */
  readonly devices: readonly string[];
  /** Numbers of the services that stand in it; null: nobody can tell, for the program that reads them is missing. */
  readonly services: ReadonlySet<number> | null;
}

/** Changes that are not put in force. */
export interface HeldBack {
  readonly services: number;
  /** The name of the difference, for who approves it. */
  readonly digest: string;
}

export interface ExaminedDirector {
  readonly kernel: string;
  readonly programs: readonly FoundProgram[];
  /** Why the kernel's rules cannot be read; null: they can. */
  readonly noRights: string | null;
  /** Addresses that it joined under; null: it has not. */
  readonly joined: readonly string[] | null;
  readonly engineRuns: boolean;
  readonly kept: Kept;
  /** When it was last told anything, as an instant; null: nobody knows. */
  readonly toldAt: string | null;
  /** Null: it was never told anything. */
  readonly told: { readonly revision: number; readonly heldBack: HeldBack | null } | null;
  /** Services that shall be in force and have a server. */
  readonly services: readonly ServiceDocument[];
  /** Or why there is none. */
  readonly ground: FoundGround | { readonly problem: string };
  /** Null: there is none. */
  readonly table: FoundTable | null;
  /** Every address of the host. */
  readonly addresses: ReadonlySet<string>;
  /** Real servers on no segment of the director. */
  readonly offSegment: readonly string[];
  /** Real servers that do not answer for their own address, as the kernel's neighbour table has it. */
  readonly unreachable: readonly string[];
  /** Settings of the kernel, by their names. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Why the control plane cannot be reached; null: it can. Undefined: nobody said where it is. */
  readonly apiProblem: string | null | undefined;
}
