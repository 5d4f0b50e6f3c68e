/** What directors hear on their segments that is not as it should be: strangers that speak for VIPs, servers that are not heard. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class WhatDirectorsHear1795406400005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE node_status ADD COLUMN segment jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE node_status DROP COLUMN segment');
  }
}
