import { backendConformance } from "../../conformance/backend-conformance.ts";
import { createReferenceBackend } from "./reference-backend.ts";

backendConformance("reference", createReferenceBackend);
