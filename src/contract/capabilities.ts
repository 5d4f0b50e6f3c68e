/**
 * What a forwarding engine can enforce. The control plane refuses an option that no connected engine has in here.
 */
export interface Capabilities {
  readonly protocols: readonly ('tcp' | 'udp')[];
  readonly addressFamilies: readonly ('ipv4' | 'ipv6')[];
  readonly forwardingMethods: readonly ('direct-return' | 'nat')[];
  readonly schedulers: readonly ('maglev' | 'source-hash' | 'round-robin')[];
  readonly persistence: readonly 'source-ip'[];
  readonly healthChecks: readonly ('none' | 'tcp' | 'http' | 'https' | 'udp')[];
  /** Servers that get new flows only while too few others are healthy. */
  readonly backupServers: boolean;
  readonly portRanges: boolean;
  /** Established flows stay on their server when servers come and go. */
  readonly flowAffinity: readonly ('ipv4' | 'ipv6')[];
  /** Services whose flows are not remembered. Absent where a director said it before there were any: it has none. */
  readonly statelessServices?: boolean;
}

/** What the built-in nftables driver enforces; it counts as long as no director has joined. */
export const NFTABLES_CAPABILITIES: Capabilities = {
  protocols: ['tcp', 'udp'],
  addressFamilies: ['ipv4', 'ipv6'],
  forwardingMethods: ['direct-return'],
  schedulers: ['maglev', 'source-hash', 'round-robin'],
  persistence: ['source-ip'],
  healthChecks: ['none', 'tcp', 'http', 'https', 'udp'],
  backupServers: true,
  portRanges: true,
  flowAffinity: ['ipv4', 'ipv6'],
  statelessServices: true,
};
