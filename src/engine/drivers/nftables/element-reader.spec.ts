import { expect, it } from 'vitest';
import { getRequest, parseReading, readElements, scanRequest } from './element-reader.js';

/** As it was printed on Linux 6.18. */
const PRINTED = `get services4 c00002c80600000000500000 01000000 12 720 -
get backends4.eth0 0d000000
get flows4 c633640ac00002c80fa10050 0c000000 - - 299772
flow pending4 c633640ac00002c80fa00050 0b000000 29772
count pending4 0b000000 17
done
`;

it('reads what is there, and leaves out what is not', () => {
  const { found, counts, complete } = parseReading(PRINTED);
  const nothing = { packets: null, bytes: null };
  expect(found).toEqual([
    {
      map: 'services4',
      key: 'c00002c80600000000500000',
      value: '01000000',
      packets: 12,
      bytes: 720,
      expiresInMs: null,
    },
    {
      map: 'flows4',
      key: 'c633640ac00002c80fa10050',
      value: '0c000000',
      ...nothing,
      expiresInMs: 299_772,
    },
    {
      map: 'pending4',
      key: 'c633640ac00002c80fa00050',
      value: '0b000000',
      ...nothing,
      expiresInMs: 29_772,
    },
  ]);
  expect(counts).toEqual([{ map: 'pending4', what: '0b000000', count: 17 }]);
  expect(complete).toBe(true);
});

it.each(['late\n', ''])('is not complete when it ends with %j', (end) => {
  expect(parseReading(PRINTED.replace('done\n', end)).complete).toBe(false);
});

it('hands the program over standard input, with the time and the requests behind it', async () => {
  const requests = [
    getRequest('slots', '0100000003000000'),
    scanRequest('flows4', { prefix: 'c633640a', servers: ['0b000000', '0c000000'], limit: 5 }),
  ];
  const given: unknown[] = [];
  const run = (argv: readonly string[], options: { readonly input?: unknown } = {}) => {
    given.push(argv, options.input);
    return Promise.resolve('done\n');
  };
  await readElements({ run }, requests, 2);
  expect(given[0]).toEqual(['perl', '-']);
  expect(given[1]).toMatch(
    /\n__END__\nseconds 2\ngently\nget slots 0100000003000000\nscan flows4 c633640a - 0b000000,0c000000 5\n$/,
  );
});
