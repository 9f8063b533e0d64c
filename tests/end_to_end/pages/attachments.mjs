// Files are chosen, pasted and dropped, sent and opened; what is refused says why; pictures become avatars.

import { checkAccessible, checkPhone } from "../story/access.mjs";
import { PICTURE } from "../story/files.mjs";
import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { agree, check, enter, field, log, panel, please, roomLink, say, seen, LIMIT } from "../story/windows.mjs";

const MEGABYTE = 1_000_000;
const ofBytes = (name, bytes) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.alloc(bytes, "x") });
const chooser = (page) => page.locator(".room input[type=file]");
const waiting = (page, name) => page.getByRole("list", { name: "Files to be sent" }).locator(".pile-item", { hasText: name });
const attached = (page, role, name) => log(page).getByRole(role, { name });

/** A list that is built anew may put another picture in the place of the one that is being decoded, or has yet to be. */
async function isShown(image) {
  for (const end = Date.now() + LIMIT; Date.now() < end; ) {
    if (await image.evaluate((node) => node.decode().then(() => node.naturalWidth > 0, () => false))) return true;
  }
  return false;
}

async function meet(anna, boris) {
  await anna.getByRole("button", { name: "New chat" }).click();
  await anna.getByLabel("Name of the chat").fill("Album");
  await anna.getByLabel("People to invite").fill("boris");
  await agree(anna, "Create");
  await enter(boris, "Album");
  await field(boris).waitFor();
  await field(anna).waitFor();
}

async function sendPicture(browser, anna, boris) {
  await chooser(anna).setInputFiles([PICTURE, ofBytes("notes <b>.bin", 2_500)]);
  await waiting(anna, "notes <b>.bin").getByRole("button", { name: "Remove notes" }).waitFor();
  await checkAccessible(anna, "files to be sent");
  await checkPhone(browser, anna, "50-files-phone");
  await field(anna).press("Enter");
  const picture = attached(boris, "button", "Open the picture wings.png");
  check(await isShown(picture.getByRole("img")), "the thumbnail is shown to another member");
  await picture.click();
  check(await isShown(boris.getByRole("dialog").getByRole("img", { name: "wings.png" })), "the picture opens");
  await boris.keyboard.press("Escape");
  seen("a picture is sent without a text, and opened");

  const [download] = await Promise.all([
    boris.waitForEvent("download"),
    attached(boris, "link", /notes <b>\.bin 2\.5 kB/).click(),
  ]);
  const parts = await (await download.createReadStream()).toArray();
  check(Buffer.concat(parts).length === 2_500 && download.suggestedFilename().endsWith(".bin"), "the file is downloaded whole");
  await checkAccessible(boris, "messages with files");
  await checkPhone(browser, boris, "51-attached-phone");
  await roomLink(boris, "wings.png, notes").waitFor();
  seen("a file with its size is downloaded");
}

/** A film of half a second that this browser makes; runs in the page, and gives the file to `event` of `selector`. */
async function giveFilm({ selector, event }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  const paint = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm;codecs=vp8" });
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  recorder.start();
  for (let turn = 0; turn < 15; turn += 1) {
    paint.fillStyle = `hsl(${turn * 24} 80% 50%)`;
    paint.fillRect(0, 0, 64, 48);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  recorder.stop();
  await ended;
  const files = new DataTransfer();
  files.items.add(new File(parts, `${event}.webm`));
  const node = document.querySelector(selector);
  const facts = { bubbles: true, cancelable: true };
  if (event === "paste") node.dispatchEvent(new ClipboardEvent("paste", { ...facts, clipboardData: files }));
  else for (const name of ["dragover", "drop"]) node.dispatchEvent(new DragEvent(name, { ...facts, dataTransfer: files }));
}

async function sendFilms(anna, boris) {
  await anna.evaluate(giveFilm, { selector: ".composer-field", event: "paste" });
  await anna.evaluate(giveFilm, { selector: ".room .messages", event: "drop" });
  await waiting(anna, "drop.webm").getByRole("button", { name: "Remove drop.webm" }).waitFor();
  await say(anna, "Two films");
  for (const name of ["paste.webm", "drop.webm"]) {
    const film = log(boris).locator(`video[controls][aria-label="${name}"]`);
    await film.waitFor();
    check(await film.evaluate((node) => node.play().then(() => node.videoWidth === 64)), `${name} plays`);
  }
  seen("films are pasted and dropped, and play in the message");
}

async function refuse(browser, anna) {
  browser.forgive("/attachments");
  await chooser(anna).setInputFiles(ofBytes("huge.bin", 2.5 * MEGABYTE));
  await waiting(anna, "huge.bin").getByRole("alert").getByText("The file is too large").waitFor();
  await anna.getByRole("button", { name: "Send", exact: true, disabled: true }).waitFor();
  await browser.picture(anna, "52-refused");
  await waiting(anna, "huge.bin").getByRole("button", { name: "Remove huge.bin" }).click();
  await waiting(anna, "huge.bin").waitFor({ state: "detached" });
  seen("a file that is too large says so");

  await chooser(anna).setInputFiles(ofBytes("slow.bin", 1.9 * MEGABYTE));
  const bar = waiting(anna, "slow.bin").getByRole("progressbar", { name: "Uploading slow.bin" });
  await bar.waitFor();
  await anna.waitForFunction(() => document.querySelector(".pile progress").value > 0);
  await anna.getByRole("button", { name: "Cancel the upload of slow.bin" }).click();
  await waiting(anna, "slow.bin").waitFor({ state: "detached" });
  seen("an upload shows how far it is, and is cancelled");
}

async function outlast(browser, anna, boris) {
  await chooser(anna).setInputFiles(ofBytes("patient.bin", 1_000));
  await waiting(anna, "patient.bin").getByRole("button", { name: "Remove patient.bin" }).waitFor();
  browser.isServerDown = true;
  await please("kill");
  await anna.locator(".banner", { hasText: "No connection" }).waitFor();
  await field(anna).press("Enter");
  await log(anna).locator(".message.sending", { hasText: "patient.bin" }).waitFor();
  await please("restart");
  await attached(boris, "link", "patient.bin").waitFor();
  check((await attached(boris, "link", "patient.bin").count()) === 1, "it came once");
  browser.isServerDown = false;
  seen("a message with a file outlasts the server");
}

async function wearPictures(browser, anna, boris) {
  await anna.getByRole("button", { name: "Members" }).click();
  await anna.getByRole("button", { name: "Rename" }).click();
  await anna.getByRole("dialog").getByLabel("Picture (file)").setInputFiles(PICTURE);
  await agree(anna, "Save");
  check(await isShown(boris.locator(".room-head .avatar img")), "the chat's picture is shown to its members");
  await anna.getByRole("link", { name: /^Profile/ }).click();
  await panel(anna, "Profile").getByLabel("Picture (file)").setInputFiles(PICTURE);
  await panel(anna, "Profile").getByRole("button", { name: "Save" }).click();
  check(await isShown(anna.locator(".profile-picture img")), "one's own picture is shown");
  check(await isShown(log(boris).locator(".message-avatar img").first()), "and so it is to the others");
  await checkAccessible(anna, "the profile");
  await checkPhone(browser, anna, "53-profile-phone");
  seen("the pictures of a person and a chat are chosen as files");
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  await meet(anna, boris);
  await sendPicture(browser, anna, boris);
  await sendFilms(anna, boris);
  await refuse(browser, anna);
  await outlast(browser, anna, boris);
  await wearPictures(browser, anna, boris);
});
