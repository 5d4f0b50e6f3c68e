/** What nft complained of first, without the place in its input. */
export function firstMessage(complaint: string): string {
  const [line = ''] = complaint.trim().split('\n');
  return line.replace(/^\/dev\/stdin:\S+ Error: /, '');
}
