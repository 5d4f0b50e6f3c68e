/** Virtual services of all sorts, to be told apart by what they are asked for. */
export function sampleService(index: number): object & Record<string, unknown> {
  const v6 = index % 6 === 5;
  return {
    name: ['shop', 'shop-web', 'Straße', 'a,b', 'eq:x', '\u{1f6d2} cart', 'web\\1', ''][index % 8],
    description: index % 3 === 0 ? 'The web shop,\nticket CHG0042 at shop.example.com' : '',
    address: v6 ? `2001:db8::${index + 1}` : `192.0.2.${index + 1}`,
    port: 80 + (index % 4),
    ...(index % 5 === 0 && { endPort: 90 }),
    protocol: index % 2 === 0 ? 'tcp' : 'udp',
    enabled: index % 7 !== 0,
    ...(index % 4 === 0 && {
      persistence: { type: 'source-ip', timeoutSeconds: 300 + index, prefixLength: 24 },
    }),
    flowAffinity: index % 4 !== 2,
    healthCheck: index % 2 === 0 ? { type: 'tcp', intervalSeconds: 5 + index } : { type: 'none' },
    tags: { env: ['prod', 'test'][index % 2] ?? '', ...(index % 3 === 0 && { 'team/a.b': "o'neil" }) },
    realServers:
      index % 3 === 2
        ? []
        : [1, 2].map((last) => ({
            address: v6 ? `2001:db8:1::${last}` : `198.51.100.${last}`,
            weight: index * last,
          })),
  };
}
