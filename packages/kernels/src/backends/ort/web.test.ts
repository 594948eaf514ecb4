import { backendConformance } from "../../conformance/backend-conformance.ts";
import { createOrtWebBackend } from "./web.ts";

backendConformance("ort-web", () => createOrtWebBackend());
