import { AdvisedError } from './fault';

/** An error whose message is shown to the user: one line that says what happened and what to do, without a stack. */
export class Explained extends AdvisedError {
  override readonly name = 'Explained';
}
