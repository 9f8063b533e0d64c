// Node's socket.io with the checks that chatsrv makes: a signed token that has not run out, and the person's rooms.
const http = require("http");
const { createHmac, timingSafeEqual } = require("crypto");
const { Server } = require("socket.io");

const ROOMS = 20;

function person(token) {
  const [head, body, signature] = String(token).split(".");
  const { alg } = JSON.parse(Buffer.from(head, "base64url"));
  const right = createHmac("sha256", process.env.BENCH_SECRET).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (alg !== "HS256" || given.length !== right.length || !timingSafeEqual(given, right)) throw new Error("bad token");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  if (claims.exp < Date.now() / 1000) throw new Error("expired");
  return claims.sub;
}

const server = http.createServer((request, response) => response.end("{}"));
const io = new Server(server, { perMessageDeflate: false, serveClient: false });
io.use((socket, next) => {
  try {
    socket.data.person = person(socket.handshake.auth.token);
    socket.join(Array.from({ length: ROOMS }, (_, number) => `chat:${number}`));
    socket.join(`user:${socket.data.person}`);
    next();
  } catch (error) {
    next(error);
  }
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () =>
  console.log(`listening on 127.0.0.1:${server.address().port}`));
