// Sending a file, which fetch can not tell the progress of.

import { Refusal } from "./errors.js";

/**
 * Post a file as the one part of a form; returns {data}. `onProgress(share)` hears which part of it has gone, from 0 to 1; `signal` breaks
 * it off. Throws Refusal, with `reached` false when no answer came, as after breaking off.
 */
export function postFile(path, file, { token, signal, onProgress = () => {} }) {
  const request = new XMLHttpRequest();
  request.open("POST", path);
  request.setRequestHeader("Accept", "application/json");
  if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
  request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
  signal?.addEventListener("abort", () => request.abort());
  const body = new FormData();
  body.append("file", file);
  return new Promise((resolve, reject) => {
    request.addEventListener("loadend", () => {
      const data = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve({ data });
      else reject(new Refusal(data, request.status));
    });
    request.send(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
