// Light, dark, or as the system is.

const THEMES = ["auto", "light", "dark"];

export const themeOf = (keep) => (THEMES.includes(keep.get("theme")) ? keep.get("theme") : "auto");

export function showTheme(keep) {
  document.documentElement.dataset.theme = themeOf(keep);
}

export function nextTheme(keep) {
  keep.set("theme", THEMES[(THEMES.indexOf(themeOf(keep)) + 1) % THEMES.length]);
  showTheme(keep);
}
