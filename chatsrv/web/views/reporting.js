// Telling the moderators of a message.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { notify, openDialog } from "./overlay.js";

export const report = (app, id) =>
  openDialog(texts.report, (close) => [
    h("p", { class: "hint" }, texts.reportHint),
    form({
      label: texts.report,
      submit: texts.report,
      fields: [{ name: "reason", label: texts.reportReason, type: "textarea" }],
      onCancel: close,
      onSubmit: async (values) => {
        await app.api.post(`/message/${id}/report`, values);
        close();
        notify(texts.reported);
      },
    }),
  ]);
