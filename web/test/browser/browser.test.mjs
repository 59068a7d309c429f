/*
 * The whole as people see it.  One world for all parts, in this order: the main
 * job begins on the demonstration as it was made, the others take what is there.
 */
import './main_job.mjs';
import './drafts.mjs';
import './keeping.mjs';
import './grid.mjs';
import './lists.mjs';
import './words.mjs';
import './live.mjs';
import './country.mjs';
import './access.mjs';
import './keyboard.mjs';
import './budget.mjs';
import './paint.mjs';
import './unusual.mjs';
import './explain.mjs';
import './closing.mjs';
import './staff.mjs';
import './guide.mjs';
import './print.mjs';
import './first_page.mjs';
import './letters.mjs';
import './heirs.mjs';
