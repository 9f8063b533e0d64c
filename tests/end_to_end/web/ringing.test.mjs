// When the browser is to be quiet.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isQuiet } from "../../../chatsrv/web/ringing.js";

const at = (time) => Date.parse(`2026-11-20T${time}:00Z`);

test("quiet hours begin with their first minute, end before their last, and may span midnight", () => {
  const night = { from: "22:00", to: "07:00", utc_offset: 0 };
  const found = ["21:59", "22:00", "23:30", "06:59", "07:00"].map((time) => isQuiet(night, at(time)));
  assert.deepEqual(found, [false, true, true, true, false]);
  const lunch = { from: "12:00", to: "13:00", utc_offset: 0 };
  assert.deepEqual([isQuiet(lunch, at("12:00")), isQuiet(lunch, at("13:00"))], [true, false]);
});

test("quiet hours are those of the person's own clock", () => {
  const moscow = { from: "00:00", to: "01:00", utc_offset: 180 };
  assert.equal(isQuiet(moscow, at("21:30")), true);
  const chicago = { from: "23:00", to: "23:59", utc_offset: -360 };
  assert.equal(isQuiet(chicago, at("05:30")), true);
  assert.equal(isQuiet(null, at("05:30")), false);
});
