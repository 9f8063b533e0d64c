// Node's socket.io: POST broadcasts one event to everyone in a room.
const http = require("http");
const { Server } = require("socket.io");
const { event } = require("./event.json");

const server = http.createServer((request, response) => {
  if (request.method !== "POST") return;
  request.resume();
  io.to("room").emit("message.new", event);
  response.setHeader("Content-Length", 2);
  response.end("{}");
});
const io = new Server(server, { perMessageDeflate: false, serveClient: false });
io.on("connection", (socket) => socket.join("room"));
server.listen(0, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${server.address().port}`));
