/** Where the database is, for the one connection that is not from the pool. */
export class DatabaseUrl {
  constructor(readonly url: string) {}
}
