/** What the API says, as far as people are shown it; all of it is in the output for programs. */

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface Status {
  readonly provisioning: string;
  readonly operating: string;
  readonly conditions: readonly Condition[];
}

export interface ServiceAddress {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
  readonly endPort: number | null;
}

export interface ListedService extends ServiceAddress {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly realServers: readonly unknown[];
  readonly status: Status;
}

export interface ListedServer {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  readonly enabled: boolean;
  readonly backup: boolean;
  readonly forwardingMethod: string;
  readonly status: Status;
}

export interface ListedNode {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly addresses: readonly string[];
  readonly state: string;
  readonly lastSeenAt: string | null;
  readonly revisionInForce: number | null;
  readonly engine: string | null;
  readonly conditions: readonly Condition[];
  readonly faults: readonly { readonly key: string; readonly reason: string; readonly message: string }[];
  readonly faultCount: number;
}

export interface ListedRevision {
  readonly number: number;
  readonly actor: string;
  readonly ticket: string | null;
  readonly createdAt: string;
  readonly changes: readonly { readonly action: string; readonly objectType: string }[];
}
