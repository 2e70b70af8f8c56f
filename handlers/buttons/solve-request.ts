import { buttons } from '../../src/slack/buttons';
import { renderSolveForm, solveTitle } from '../../src/slack/request-forms';
import { onOpening } from '../dialog';
import { aboutRequest } from '../request-dialog';

export const solveRequest = onOpening(buttons.solveRequest, aboutRequest(solveTitle, renderSolveForm));
