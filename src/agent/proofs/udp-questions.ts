/**
 * What a UDP service is asked, by its port: something that the usual server there answers. Any other gets an empty
 * datagram, which is enough to hear that nobody listens. Pure.
 */

/** A query for the name servers of the root (RFC 1035, 4.1), without recursion. */
const DNS_QUERY = Buffer.from('484d00000001000000000000' + '00' + '00020001', 'hex');
/** A client's request of NTP version 4 (RFC 5905, 7.3): leap 0, version 4, mode 3, and zeros. */
const NTP_REQUEST = Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)]);

const QUESTIONS: ReadonlyMap<number, Buffer> = new Map([
  [53, DNS_QUERY],
  [123, NTP_REQUEST],
]);

export function udpQuestion(port: number): Buffer {
  return QUESTIONS.get(port) ?? Buffer.alloc(0);
}
