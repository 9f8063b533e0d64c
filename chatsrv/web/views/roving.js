// One stop of the Tab key for a whole list; the arrows walk in it.

const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

/** Let the arrows walk through what `selector` finds in `list`; Tab enters at `home(all)`. Call the returned function after a change. */
export function rove(list, selector, home) {
  const stops = () => [...list.querySelectorAll(selector)];
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const all = stops();
    const from = all.indexOf(event.target.closest(selector));
    if (step === undefined || from === -1 || event.altKey) return;
    event.preventDefault();
    all[Math.min(Math.max(from + step, 0), all.length - 1)].focus();
  });
  list.addEventListener("focusin", (event) => {
    const stop = event.target.closest(selector);
    if (stop) keepOne(stops(), stop);
  });
  return () => {
    const all = stops();
    keepOne(all, all.find((node) => node.contains(document.activeElement)) ?? home(all));
  };
}

function keepOne(all, chosen) {
  for (const node of all) node.tabIndex = node === chosen ? 0 : -1;
}
