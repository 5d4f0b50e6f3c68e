/**
 * On which of the director's interfaces an address can be reached without a router. Direct return rewrites Ethernet
 * addresses only, so a real server on no segment of the director can not be forwarded to. Immutable once made.
 */
import { BlockList, isIPv6 } from 'node:net';
import { isLinkLocal } from '../contract/link-local.js';
import { isOwnAddress } from './own-address.js';
import { hindranceOf, type WorkInterface } from './usable-interface.js';

/** Where on a segment the director stands. */
export interface SegmentPlace {
  readonly device: string;
  /** Of the director there. */
  readonly address: string;
}

interface Segment extends SegmentPlace {
  /** With prefix length, as the interface has it. */
  readonly text: string;
  readonly network: BlockList;
  readonly prefixLength: number;
}

export class Segments {
  private readonly ipv4: readonly Segment[];
  private readonly ipv6: readonly Segment[];

  constructor(interfaces: readonly WorkInterface[]) {
    const usable = interfaces.filter((each) => hindranceOf(each) === undefined);
    this.ipv4 = segmentsOf(usable, 'ipv4');
    this.ipv6 = segmentsOf(usable, 'ipv6');
  }

  /** The interface on whose segment the address lies, the narrowest one if several do. */
  deviceFor(address: string): string | undefined {
    return this.placeOf(address)?.device;
  }

  /** The same, with the director's own address on that segment. Of interfaces on the very same subnet, the preferred one. */
  placeOf(address: string, preferred?: string): SegmentPlace | undefined {
    const family = familyOf(address);
    const all = this[family].filter(({ network }) => network.check(address, family));
    const [narrowest] = all;
    const alike = all.filter(({ prefixLength }) => prefixLength === narrowest?.prefixLength);
    return alike.find(({ device }) => device === preferred) ?? narrowest;
  }

  /** On a segment of that interface, whichever: an address of no segment at all is asked for there. */
  placeOn(device: string, address: string): SegmentPlace | undefined {
    return this[familyOf(address)].find((each) => each.device === device);
  }

  equals(other: Segments): boolean {
    return this.text === other.text;
  }

  private get text(): string {
    return [...this.ipv4, ...this.ipv6].map(({ text }) => text).join();
  }

  /** Every interface that has a segment, sorted. */
  get devices(): readonly string[] {
    return [...new Set([...this.ipv4, ...this.ipv6].map(({ device }) => device))].sort();
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function segmentsOf(interfaces: readonly WorkInterface[], family: 'ipv4' | 'ipv6'): readonly Segment[] {
  const whole = family === 'ipv4' ? 32 : 128;
  return interfaces
    .flatMap(({ name, addresses }) =>
      addresses
        .filter((each) => !isOwnAddress(each) && each.prefixLength < whole)
        .filter(({ address }) => !isLinkLocal(address) && isIPv6(address) === (family === 'ipv6'))
        .map(({ address, prefixLength }) => ({
          device: name,
          address,
          text: `${name} ${address}/${prefixLength}`,
          network: networkOf(address, prefixLength, family),
          prefixLength,
        })),
    )
    .sort((a, b) => b.prefixLength - a.prefixLength || (a.device < b.device ? -1 : 1));
}

function networkOf(address: string, prefixLength: number, family: 'ipv4' | 'ipv6'): BlockList {
  const network = new BlockList();
  network.addSubnet(address, prefixLength, family);
  return network;
}
