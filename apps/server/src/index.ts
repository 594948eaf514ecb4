export { createServer, type Server, type ServerOptions } from "./create-server.ts";
export { parseApiKeys, readApiKeys, type ApiKey } from "./http/api-keys.ts";
export { checkListen, listen, type ListeningServer, type ListenOptions } from "./listen.ts";
export { startTracing, type Tracing, type TracingOptions } from "./operations/tracing.ts";
export { defaultSettings, type RateLimit, type ServerSettings } from "./settings.ts";
