/**
 * Swagger UI at `/docs`, from files of our own and under the same content security policy as everything else: no script
 * and no picture comes from anybody else's server, and no inline script runs.
 */
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import swaggerUi, { type SwaggerUiOptions } from 'swagger-ui-express';

/** Packets come in one way, and go home another. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d4f5f"/>' +
  '<path d="M6 16 16 7l10 9M9 15v10h14V15M16 25v-7m-3 3 3-3 3 3" fill="none" stroke="#fff" stroke-width="2.4" ' +
  'stroke-linecap="round" stroke-linejoin="round"/></svg>';

const STYLE = `
  .swagger-ui .topbar { display: none }
  .swagger-ui .servers, .swagger-ui .servers-title { display: none }
  .swagger-ui .scheme-container { padding: 12px 0; box-shadow: none; background: none }
  .swagger-ui textarea.body-param__text { min-height: 340px }
  .swagger-ui .info { margin: 28px 0 }
  .swagger-ui .opblock .opblock-summary-path { max-width: none }
  .swagger-ui .opblock-tag small { flex: 3 }
`;

interface PageRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/**
 * Runs in the page, so it knows nothing of this file. Swagger UI asks for the first media type of the lowest success: for a
 * plan, also where nothing is to be planned; a request that was copied from the page would say so for ever.
 */
function askForWhatComes(request: PageRequest): PageRequest {
  const { headers, url } = request;
  const accept = headers['accept'] ?? '';
  if (accept.endsWith('plan+json') && !url.includes('dryRun=true')) headers['accept'] = 'application/json';
  return request;
}

const OPTIONS: SwaggerUiOptions = {
  customSiteTitle: 'Homeward API',
  customfavIcon: `data:image/svg+xml,${encodeURIComponent(ICON)}`,
  customCss: STYLE,
  swaggerOptions: {
    deepLinking: true,
    // Of this browser alone: a token that was pasted outlives a reload.
    persistAuthorization: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    // As curl for a POSIX shell, PowerShell and cmd.
    requestSnippetsEnabled: true,
    requestInterceptor: askForWhatComes,
    filter: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    // Nothing of what is sent goes to a validator elsewhere.
    validatorUrl: null,
  },
};

export function serveSwaggerPage(application: NestExpressApplication, document: OpenAPIObject): void {
  application.use('/docs', swaggerUi.serve, swaggerUi.setup(document, OPTIONS));
}
