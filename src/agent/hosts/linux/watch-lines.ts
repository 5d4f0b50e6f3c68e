/**
 * Which lines of the kernel's monitors are worth a look at the host. Only what is certainly of no interest is left
 * out: a host of containers makes links, rules and routes all day. Pure.
 */

/** Of `ip -o monitor label`: the agent knows the default routes alone, and a router may have a million others. */
const OTHER_ROUTE = /^\[ROUTE\](?!.*\bdefault\b)/;

export function isNewsOfIp(line: string): boolean {
  return !OTHER_ROUTE.test(line);
}

/** Of `nft monitor`: what names the table of the guard, and the complaint that events were lost. */
export function isNewsOfTable(table: string, line: string): boolean {
  return line.startsWith('# ERROR') || line.split(' ').includes(table);
}
