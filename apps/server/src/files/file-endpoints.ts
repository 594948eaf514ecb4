import type { Endpoint } from "../endpoints.ts";
import {
  deleteFile,
  filesQuery,
  getFile,
  getFileContent,
  listFiles,
  postFile,
  uploadSchema,
} from "./files-routes.ts";

/** Files to train on, and what jobs leave; of admins. */
export const fileEndpoints: readonly Endpoint[] = [
  {
    method: "post",
    path: "/v1/files",
    access: "admin",
    summary: "Stores a file of conversations to train on",
    tag: "files",
    schema: uploadSchema,
    body: "form",
    answer: postFile,
  },
  {
    method: "get",
    path: "/v1/files",
    access: "admin",
    summary: "The files that are stored",
    tag: "files",
    query: filesQuery,
    answer: listFiles,
  },
  {
    method: "get",
    path: "/v1/files/{file_id}",
    access: "admin",
    summary: "What is known of a file",
    tag: "files",
    answer: getFile,
  },
  {
    method: "get",
    path: "/v1/files/{file_id}/content",
    access: "admin",
    summary: "The content of a file",
    tag: "files",
    answer: getFileContent,
  },
  {
    method: "delete",
    path: "/v1/files/{file_id}",
    access: "admin",
    summary: "Deletes a file",
    tag: "files",
    answer: deleteFile,
  },
];
