/** Stand in examples for objects that are there: the two that the first example of "Create a virtual service" makes. */
export const EXAMPLE_SERVICE_ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
export const EXAMPLE_SERVER_ID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
