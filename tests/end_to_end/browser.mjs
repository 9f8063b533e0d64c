// Two people with a browser each hold a whole conversation on a real server.
//
// node browser.mjs ADDRESS: screenshots are left in $CHATSRV_SCREENSHOTS. Each thing that was seen is a line "seen: …" on stdout. Lines "please: kill" and
// "please: restart" ask whoever started this for that; an empty line on stdin says that it is done. Exits 0 when everything was seen.

import readline from "node:readline";

import { loseServer, manage, readOldOnes } from "./story/faults.mjs";
import { changeLooks, leave, walkByKeys } from "./story/looks.mjs";
import { change, converse, foundChat, refuseBadRegistration, register, replyInThread, talk } from "./story/talk.mjs";
import { Browser, check, seen } from "./story/windows.mjs";

const ANNA = { nickname: "anna", name: "Anna Karenina", email: "anna@example.org", password: "correct horse" };
const BORIS = { nickname: "boris", name: "Boris Godunov", email: "boris@example.org", password: "battery staple" };

const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function please(what) {
  console.log(`please: ${what}`);
  await answers.next();
}

async function play(browser, anna, boris) {
  await refuseBadRegistration(browser, anna);
  await register(anna, ANNA);
  await register(boris, BORIS);
  await foundChat(browser, anna, boris);
  await talk(browser, anna, boris);
  await replyInThread(browser, anna, boris);
  await change(browser, anna, boris);
  await converse(browser, anna, boris);
  await loseServer(browser, anna, boris, please);
  await readOldOnes(browser, anna, boris);
  await walkByKeys(browser, anna);
  await manage(browser, anna, boris);
  await changeLooks(browser, anna, boris);
  await leave(browser, boris, BORIS);
  check(browser.faults.length === 0, `no fault on the console:\n${browser.faults.join("\n")}`);
  seen("no error on the console, no request to another host");
}

const browser = new Browser(process.argv[2]);
await browser.start();
const anna = await browser.open("anna");
const boris = await browser.open("boris");
try {
  await play(browser, anna, boris);
} catch (error) {
  await browser.picture(anna, "failed-anna");
  await browser.picture(boris, "failed-boris");
  console.error(error, browser.faults);
  process.exitCode = 1;
}
await browser.close();
process.stdin.destroy();
