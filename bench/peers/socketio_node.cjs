// Node's socket.io: POST broadcasts one event to everyone in a room; over Redis where BENCH_REDIS names one.
const http = require("http");
const { Server } = require("socket.io");
const { event } = require("./event.json");

async function adapter(url) {
  const { createAdapter } = require("@socket.io/redis-adapter");
  const { createClient } = require("redis");
  const clients = [createClient({ url }), createClient({ url })];
  await Promise.all(clients.map((client) => client.connect()));
  return createAdapter(...clients);
}

async function main(redis) {
  const server = http.createServer((request, response) => {
    if (request.method !== "POST") return;
    request.resume();
    io.to("room").emit("message.new", event);
    response.setHeader("Content-Length", 2);
    response.end("{}");
  });
  const io = new Server(server, { perMessageDeflate: false, serveClient: false });
  if (redis) io.adapter(await adapter(redis));
  io.on("connection", (socket) => socket.join("room"));
  server.listen(0, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${server.address().port}`));
}

main(process.env.BENCH_REDIS);
