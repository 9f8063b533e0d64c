// Emits twenty events at once and prints the acknowledgements in the order in which they came.
const { connect, finish } = require("./client.cjs");

connect().then((socket) => {
  const acknowledged = [];
  for (let number = 0; number < 20; number++) {
    socket.emit("echo", number, (answer) => {
      acknowledged.push(answer);
      if (acknowledged.length === 20) finish(socket, acknowledged);
    });
  }
});
