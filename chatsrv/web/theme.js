// Light, dark, or as the system is.

const THEMES = ["auto", "light", "dark"];

export const themeOf = (keep) => (THEMES.includes(keep.get("theme")) ? keep.get("theme") : "auto");

export function showTheme(keep) {
  document.documentElement.dataset.theme = themeOf(keep);
}

export function setTheme(keep, theme) {
  keep.set("theme", theme);
  showTheme(keep);
}
