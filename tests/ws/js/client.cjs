// What every script begins with: the official client, its transports, and how a script ends.
const { io } = require("socket.io-client");

const [url, transports, token] = process.argv.slice(2);

exports.connect = () =>
  new Promise((resolve, reject) => {
    const socket = io(url, { transports: transports.split("+"), reconnection: false, auth: { token } });
    socket.once("connect", () => resolve(socket));
    socket.once("connect_error", reject);
  });

exports.upgraded = (socket) =>
  new Promise((resolve) => {
    const { engine } = socket.io;
    if (engine.transport.name === transports.split("+").at(-1)) resolve();
    else engine.once("upgrade", resolve);
  });

exports.finish = (socket, result) => {
  const done = () => process.exit(0);
  process.stdout.write(JSON.stringify(result));
  if (socket.connected) socket.io.engine.once("close", done);
  else done();
  socket.disconnect();
};
