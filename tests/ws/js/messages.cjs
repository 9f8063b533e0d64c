// Prints what it hears of a chat: connects with a token, asks for news, and waits for the message "the end".
const { connect, finish, upgraded } = require("./client.cjs");

connect().then(async (socket) => {
  const heard = [];
  const all = new Promise((resolve) => {
    socket.on("message.new", ({ seq, data }) => {
      heard.push([seq, data.text]);
      if (data.text === "the end") resolve();
    });
  });
  const { streams } = await socket.emitWithAck("resume", { streams: {} });
  const chat = Object.keys(streams).find((name) => name.startsWith("chat:"));
  const refused = await socket.emitWithAck("message.send", { stream: "chat:1", text: "let me in" });
  await upgraded(socket);
  await socket.emitWithAck("message.send", { stream: chat, text: "begin" });
  await all;
  finish(socket, { heard, refused: refused.global[0].c, transport: socket.io.engine.transport.name });
});
