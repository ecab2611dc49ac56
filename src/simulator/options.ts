import { Command, InvalidArgumentError } from 'commander';
import { wholeOption } from '../text/wholeOption';

/** Returns the options of `okta-graph simulator`. */
export function simulatorCommand(): Command {
  return new Command('okta-graph simulator')
    .description('A simulated Okta org, for a demo, tests and benchmarks')
    .option('--users <count>', 'number of users', wholeOption(0))
    .option('--groups <count>', 'number of groups, including Everyone', wholeOption(0))
    .option('--memberships <count>', 'number of memberships, including those of Everyone', wholeOption(0))
    .option('--apps <count>', 'number of apps', wholeOption(0))
    .option('--rules <count>', 'number of group rules', wholeOption(0))
    .option('--roles <count>', 'number of admin role assignments', wholeOption(0))
    .option('--seed <number>', 'the same seed gives the same org', wholeOption(0))
    .option('--port <number>', 'port to listen on, 0 for a free one', wholeOption(0, 65_535))
    .option('--host <address>', 'address to listen on')
    .option('--token <token>', 'accepted API token')
    .option('--client-id <id>', 'client ID of an accepted service app; requires --public-key')
    .option('--public-key <file>', "the service app's public key, PEM or JWK")
    .option('--huge-profiles <count>', 'number of users with a profile of 1 MB', wholeOption(0))
    .option('--no-awkward', 'leave out users with unusual data')
    .option('--latency <ms>', 'time to the first byte of a response', wholeOption(0))
    .option('--jitter <ms>', 'maximum random addition to the latency', wholeOption(0))
    .option('--settings <json>', 'other settings, such as {"limits":{"groups":500}}', jsonObject);
}

function jsonObject(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new InvalidArgumentError('It must be valid JSON.');
  }
}
