/**
 * Prints the OpenAPI document of the API, for linters and client generators. It looks at the controllers only:
 * nothing of the application is made, and no database is asked.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { createLogger } from '../../platform/logger.js';
import { ApiModule } from '../api.module.js';
import { createDataSource } from '../store/data-source.js';
import { buildOpenApiDocument } from './openapi.js';

/** Never connected to: a data source opens nothing until it is initialized. */
const NO_DATABASE = 'postgres://localhost';

const application = await NestFactory.create(
  ApiModule.with({
    dataSource: createDataSource(NO_DATABASE),
    databaseUrl: NO_DATABASE,
    logger: createLogger('export-openapi', 'silent'),
  }),
  { preview: true, logger: false, abortOnError: false },
);
process.stdout.write(`${JSON.stringify(buildOpenApiDocument(application), null, 2)}\n`);
