// What the lines of a list ask for, the same in a room and in a thread.

import { texts } from "../texts.js";
import { confirm } from "./overlay.js";
import { report } from "./reporting.js";

/** A function act(name, line) for the messages of one stream; `composer()` and `jump(id)` are those of the list. */
export function actOn(app, stream, { composer, jump }) {
  const { actions, history } = app;
  const acts = {
    reply: (line) => composer().reply(line.id),
    edit: (line) => composer().edit(line.id),
    vote: (line) => actions.vote(stream, line),
    remove: (line) => removeAfterAsking(line),
    thread: async (line) => app.go({ stream, panel: "thread", panelId: String(await history.rootOf(stream, line.id)) }),
    report: (line) => (line.mine ? null : report(app, line.id)),
    jump: (line) => jump(line.quote.id),
    retry: (line) => actions.retry(line.nonce),
    discard: (line) => actions.discard(line.nonce),
  };

  async function removeAfterAsking(line) {
    if (await confirm(texts.removeMessageQuestion, texts.remove)) await actions.remove(line.id);
  }

  return (name, line) => app.attempt(() => acts[name](line));
}
