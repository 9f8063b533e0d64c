// Two strangers with a browser each, at the address that the server has just told them.

import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { foundChat } from "../story/talk.mjs";
import { bubble, say, seen } from "../story/windows.mjs";

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  await foundChat(browser, anna, boris);
  await say(anna, "Is anybody there?");
  await bubble(boris, "Is anybody there?").waitFor();
  await say(boris, "So there is.");
  await bubble(anna, "So there is.").waitFor();
  seen("two people registered in two windows, founded a chat, and talk");
});
