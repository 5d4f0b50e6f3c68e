import { describe, expect, it } from 'vitest';
import { addressOf, addText, dropText, loadText, presenceText, removeText } from './guard-text.js';

const VIPS = ['192.0.2.200', '2001:db8::200'];

describe("the guard's text for nft", () => {
  it('makes it anew in one transaction, whatever was there', () => {
    expect(loadText(VIPS)).toBe(`add table arp homeward
delete table arp homeward
table arp homeward {
set vips {
type ipv4_addr
}
chain input {
type filter hook input priority -300; policy accept;
arp operation request arp daddr ip @vips drop
}
chain output {
type filter hook output priority -300; policy accept;
arp saddr ip @vips drop
}
}
add table ip6 homeward
delete table ip6 homeward
table ip6 homeward {
set vips {
typeof @th,64,128
}
chain input {
type filter hook input priority -300; policy accept;
iifname != "lo" icmpv6 type nd-neighbor-solicit @th,64,128 @vips drop
}
chain output {
type filter hook output priority -300; policy accept;
oifname != "lo" icmpv6 type nd-neighbor-advert @th,64,128 @vips drop
oifname != "lo" icmpv6 type nd-neighbor-solicit @nh,64,128 @vips drop
}
}
add element arp homeward vips { 192.0.2.200 }
add element ip6 homeward vips { 0x20010db8000000000000000000000200 }
`);
  });

  it('changes single elements, whether they are there or not', () => {
    expect(addText(['192.0.2.200', '192.0.2.201'])).toBe(
      'add element arp homeward vips { 192.0.2.200, 192.0.2.201 }\n',
    );
    expect(removeText(['192.0.2.200'])).toBe(
      'add element arp homeward vips { 192.0.2.200 }\ndelete element arp homeward vips { 192.0.2.200 }\n',
    );
  });

  it('asks for each address on a line of its own', () => {
    expect(presenceText(VIPS)).toBe(
      'create element arp homeward vips { 192.0.2.200 }\n' +
        'create element ip6 homeward vips { 0x20010db8000000000000000000000200 }\n',
    );
  });

  it('takes it away, whatever of it is there', () => {
    expect(dropText()).toBe(
      'add table arp homeward\ndelete table arp homeward\nadd table ip6 homeward\ndelete table ip6 homeward\n',
    );
  });

  it.each([
    ['192.0.2.200', '192.0.2.200'],
    ['0x20010db8000000000000000000000200', '2001:db8::200'],
    ['0x1', '::1'],
    ['x', undefined],
    ['0x', undefined],
  ])('reads the element %s', (element, address) => expect(addressOf(element)).toBe(address));
});
