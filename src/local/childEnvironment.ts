/** Variables that every program needs, for paths, language and Java. */
const BASIC =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|TMPDIR|JAVA_HOME|JAVA_TOOL_OPTIONS)$/;

/** Variables that pip, Maven and Docker need to connect to their servers: proxies, certificates and settings. */
const TOOLS =
  /^((HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_\w+|PYTHON\w+|VIRTUAL_ENV|MAVEN_\w+|M2_HOME|DOCKER_\w+|SSH_AUTH_SOCK|XDG_\w+)$/i;

/** Returns the environment for a local server, without our variables and secrets. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return variables((name) => BASIC.test(name));
}

/** Returns the environment for a command that downloads or starts something, without our variables and secrets. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return variables((name) => BASIC.test(name) || TOOLS.test(name));
}

function variables(isPassedOn: (name: string) => boolean): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isPassedOn(name)));
}
