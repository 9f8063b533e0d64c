// Sends two buffers and prints what came back in their places.
const { connect, finish } = require("./client.cjs");

connect().then((socket) => {
  socket.emit("echo", { first: Buffer.from([1, 2, 3]), second: Buffer.from([4]) }, (answer) => {
    finish(socket, [[...answer.first], [...answer.second]]);
  });
});
