// Files to choose in a form.

const PIXELS =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEklEQVR4nGP8z4AdMOEQp4sEAJiFAQtsMIKbAAAAAElFTkSuQmCC";

export const PICTURE = { name: "wings.png", mimeType: "image/png", buffer: Buffer.from(PIXELS, "base64") };
