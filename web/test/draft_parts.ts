// One instance of both, as on a page.
export { Draft } from '../src/report/draft.ts';
export { saving } from '../src/ui/quiet.ts';
