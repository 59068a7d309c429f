/* One bundle, so that both know one class of problem. */
export { Problem } from '../src/api/client.ts';
export { withPatience } from '../src/session/patience.ts';
