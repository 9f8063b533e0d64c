// Emits one event of 700 kB and prints how much of it came back.
const { connect, finish } = require("./client.cjs");

connect().then((socket) => {
  socket.emit("echo", "я".repeat(350_000), (answer) => finish(socket, answer.length));
});
