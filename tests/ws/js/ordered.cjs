// Prints the numbers of 400 events that stream in while the transport may be changing, and the transport in the end.
const { connect, finish, upgraded } = require("./client.cjs");

connect().then(async (socket) => {
  const numbers = [];
  const all = new Promise((resolve) => {
    socket.on("tick", (number) => {
      numbers.push(number);
      if (numbers.length === 400) resolve();
    });
  });
  socket.emit("stream");
  await Promise.all([all, upgraded(socket)]);
  finish(socket, { numbers, transport: socket.io.engine.transport.name });
});
