/** Whether a text is an address of a network interface with its prefix length, as `ip address` prints it. */
import { isIPv4, isIPv6 } from 'node:net';

const PARTS = /^([0-9a-f:.]{2,45})\/(0|[1-9][0-9]{0,2})$/;

export function isInterfaceAddress(text: string): boolean {
  const [, address = '', prefix = ''] = PARTS.exec(text) ?? [];
  return (isIPv4(address) && Number(prefix) <= 32) || (isIPv6(address) && Number(prefix) <= 128);
}
