// Addresses within the page: #/chat/5/thread/9. Pure.

const ROOMS = new Set(["chat", "conversation"]);

/** {stream, panel, panelId} of an address; each may be null. */
export function parseRoute(hash) {
  const parts = hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  const stream = ROOMS.has(parts[0]) && /^\d+$/.test(parts[1] ?? "") ? `${parts[0]}:${parts[1]}` : null;
  const [panel = null, panelId = null] = stream ? parts.slice(2) : parts;
  return { stream, panel, panelId };
}

export function formatRoute({ stream = null, panel = null, panelId = null }) {
  const parts = [...(stream ? stream.split(":") : []), panel, panelId].filter((part) => part !== null);
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}
