// Sends each reserved name past the client's own check, on a connection of its own, and prints why each was lost.
const { connect, finish } = require("./client.cjs");

const NAMES = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

async function lost(name) {
  const socket = await connect();
  const reason = new Promise((resolve) => socket.once("disconnect", resolve));
  socket.io.engine.write(`42${JSON.stringify([name, "x"])}`);
  return [socket, await reason];
}

Promise.all(NAMES.map(lost)).then((ends) => finish(ends[0][0], ends.map(([, reason]) => reason)));
