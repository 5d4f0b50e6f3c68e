/** Makes the application with all its manners, ready to listen; production and tests make the same. */
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiModule, type ApiResources } from './api.module.js';
import { configureHttp, HTTP_APPLICATION_OPTIONS } from './http/configure-http.js';

export async function createApi(resources: ApiResources): Promise<NestExpressApplication> {
  const application = await NestFactory.create<NestExpressApplication>(
    ApiModule.with(resources),
    HTTP_APPLICATION_OPTIONS,
  );
  configureHttp(application, resources.logger);
  return application;
}
