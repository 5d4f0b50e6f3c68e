const NAMED = 3;

/** The first names of many, for a sentence: "eth0, eth1, eth2 and 17 more". */
export function someOf(names: readonly string[]): string {
  const rest = names.length - NAMED;
  // To leave one name out would save nothing.
  if (rest <= 1) return names.join(', ');
  return `${names.slice(0, NAMED).join(', ')} and ${rest} more`;
}
