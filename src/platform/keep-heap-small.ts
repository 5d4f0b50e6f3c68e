/**
 * Has V8 collect garbage when the heap is twice as large as what is alive in it. By itself V8 waits, on a machine with
 * memory to spare, until it is four times as large, and the garbage of minutes then counts as the process's memory.
 * To be called first of all, and only where some ten megabytes are alive: the cost of a collection grows with them.
 */
import { setFlagsFromString } from 'node:v8';

export function keepHeapSmall(): void {
  // V8 reads it at every collection, so that it counts also when the process runs already.
  setFlagsFromString('--heap-growing-percent=100');
}
