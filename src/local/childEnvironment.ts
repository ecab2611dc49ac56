/** What every program needs to find its files, its language and Java. */
const BASIC =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|TMPDIR|JAVA_HOME|JAVA_TOOL_OPTIONS)$/;

/** What pip, Maven and Docker need to reach their servers: proxies, certificates and their own settings. */
const TOOLS =
  /^((HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_\w+|PYTHON\w+|VIRTUAL_ENV|MAVEN_\w+|M2_HOME|DOCKER_\w+|SSH_AUTH_SOCK|XDG_\w+)$/i;

/** The environment of a server that is started here: nothing of ours, so no secret. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return variables((name) => BASIC.test(name));
}

/** The environment of a command that fetches or starts something: no secret of ours either. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return variables((name) => BASIC.test(name) || TOOLS.test(name));
}

function variables(isPassedOn: (name: string) => boolean): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isPassedOn(name)));
}
