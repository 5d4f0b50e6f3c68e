/** Asks each question on standard input once, and prints what came of it, in the same order. */
import { text } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { ask } from './ask.js';
import type { Asked } from './asked.js';

/** A thousand servers that fell at once shall not be asked at once. */
const AT_ONCE = 100;

const limit = pLimit(AT_ONCE);
const asked = JSON.parse(await text(process.stdin)) as readonly Asked[];
process.stdout.write(JSON.stringify(await Promise.all(asked.map((each) => limit(() => ask(each))))));
