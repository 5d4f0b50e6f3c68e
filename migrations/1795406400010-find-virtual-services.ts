/**
 * Indexes for finding virtual services: by the words of name, description and tags, by tags, and in the order of names.
 * Words are what PostgreSQL's own `simple` configuration makes of the text with punctuation taken for spaces; an
 * expression that differs from that of the query by one character would not be used.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const PUNCTUATION = `!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~`;
const SPACES = ' '.repeat(32);

export class FindVirtualServices1795406400010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX virtual_service_words_idx ON virtual_service USING gin (
      to_tsvector('simple'::regconfig,
        translate((name || ' ' || description || ' ' || tags::text), '${PUNCTUATION}', '${SPACES}')))`);
    await runner.query(
      'CREATE INDEX virtual_service_tags_idx ON virtual_service USING gin (tags jsonb_path_ops)',
    );
    await runner.query('CREATE INDEX virtual_service_name_idx ON virtual_service (name COLLATE "C", id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP INDEX virtual_service_words_idx, virtual_service_tags_idx, virtual_service_name_idx',
    );
  }
}
