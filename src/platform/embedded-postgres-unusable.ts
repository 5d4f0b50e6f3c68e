/** Why there is no embedded database, with what to do about it where that is known. */
export class EmbeddedPostgresUnusable extends Error {
  constructor(words: string) {
    super(`The embedded PostgreSQL cannot run: ${withHint(words)}`);
    this.name = 'EmbeddedPostgresUnusable';
  }
}

function withHint(words: string): string {
  if (process.geteuid?.() !== 0) return words;
  if (/Operation not permitted/.test(words)) {
    return `${words}\nAs root it needs user namespaces, which are not allowed here. Set DATABASE_URL, or run as another user.`;
  }
  if (/Permission denied/.test(words)) {
    return `${words}\nAs root it has no right to enter other users' directories. Run as the user they belong to.`;
  }
  return words;
}
